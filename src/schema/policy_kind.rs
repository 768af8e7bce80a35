use std::sync::LazyLock;

use serde::Deserialize;

use super::ResourceSchema;

/// What a policy is for, which decides on the elements that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PolicyKind {
    /// Who may assume a role: principals and no resources.
    Trust,
    /// What somebody may do: resources and no principals.
    Identity,
    /// Who may do what with an object: both.
    Resource,
    /// The same where the object itself is meant, so that resources may be left out.
    OwnResource,
}

type Grammar = LazyLock<Option<ResourceSchema>>;

static TRUST: Grammar = LazyLock::new(|| parse(include_str!("../../schemas/infra/trust_policy.json")));
static IDENTITY: Grammar = LazyLock::new(|| parse(include_str!("../../schemas/infra/identity_policy.json")));
static RESOURCE: Grammar = LazyLock::new(|| parse(include_str!("../../schemas/infra/resource_policy.json")));
static OWN_RESOURCE: Grammar = LazyLock::new(|| parse(include_str!("../../schemas/infra/own_resource_policy.json")));

/// A test parses them all.
fn parse(text: &str) -> Option<ResourceSchema> {
    ResourceSchema::parse(text).ok()
}

impl PolicyKind {
    /// The grammar of such documents. Source: IAM user guide, Grammar of the IAM JSON policy language.
    pub fn grammar(self) -> Option<&'static ResourceSchema> {
        let grammar = match self {
            Self::Trust => &TRUST,
            Self::Identity => &IDENTITY,
            Self::Resource => &RESOURCE,
            Self::OwnResource => &OWN_RESOURCE,
        };
        grammar.as_ref()
    }
}
