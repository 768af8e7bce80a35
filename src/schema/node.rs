use indexmap::IndexMap;
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

use super::kind::{Kind, Kinds};
use super::pattern::Pattern;
use super::policy_kind::PolicyKind;
use crate::value::Value;

/// What a schema says about one value, in the words of JSON Schema and of `cfn-lint`'s few additions to it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Node {
    /// `#/definitions/NAME`, or `#/properties/NAME`; what stands beside it holds as well.
    #[serde(rename = "$ref")]
    pub(super) reference: Option<String>,
    #[serde(rename = "type")]
    pub(super) kinds: Kinds,
    pub(super) format: Option<String>,
    pub(super) default: Option<Json>,
    #[serde(rename = "const")]
    pub(super) constant: Option<Json>,
    #[serde(rename = "enum")]
    pub(super) choices: Vec<Json>,
    /// An `enum` where upper and lower case are the same.
    #[serde(rename = "enumCaseInsensitive")]
    pub(super) loose_choices: Vec<Json>,

    /// A keyword of our own: the document is a policy of IAM's grammar.
    pub(super) policy: Option<PolicyKind>,
    pub(super) pattern: Option<Pattern>,
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,

    pub(super) minimum: Option<f64>,
    pub(super) maximum: Option<f64>,
    pub(super) exclusive_minimum: Option<f64>,
    pub(super) exclusive_maximum: Option<f64>,

    pub(super) items: Option<Box<Node>>,
    pub(super) prefix_items: Vec<Node>,
    pub(super) min_items: Option<usize>,
    pub(super) max_items: Option<usize>,
    pub(super) unique_items: bool,
    pub(super) insertion_order: Option<bool>,

    pub(super) properties: IndexMap<String, Node>,
    #[serde(deserialize_with = "patterns")]
    pub(super) pattern_properties: Vec<(Pattern, Node)>,
    pub(super) additional_properties: Additional,
    pub(super) min_properties: Option<usize>,
    pub(super) max_properties: Option<usize>,
    pub(super) required: Vec<String>,
    /// At least one of these.
    pub(super) required_or: Vec<String>,
    /// Exactly one of these.
    pub(super) required_xor: Vec<String>,
    /// What each of these needs beside it; `dependencies` is the keyword's older name.
    #[serde(alias = "dependencies")]
    pub(super) dependent_required: IndexMap<String, Vec<String>>,
    /// What each of these must not have beside it.
    pub(super) dependent_excluded: IndexMap<String, Vec<String>>,

    pub(super) all_of: Vec<Node>,
    pub(super) any_of: Vec<Node>,
    pub(super) one_of: Vec<Node>,
}

/// What a map may hold beside its named properties.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
pub(super) enum Additional {
    Allowed(bool),
    Shaped(Box<Node>),
    #[serde(skip)]
    #[default]
    Unsaid,
}

fn patterns<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(Pattern, Node)>, D::Error> {
    let named = IndexMap::<String, Node>::deserialize(deserializer)?;
    Ok(named.into_iter().map(|(pattern, node)| (Pattern::from(pattern), node)).collect())
}

impl Node {
    /// The schema's own types; where it gives none, what the rest of it can only mean.
    pub(super) fn kinds(&self) -> Kinds {
        match () {
            () if !self.kinds.is_empty() => self.kinds,
            () if !self.properties.is_empty() || !self.pattern_properties.is_empty() => Kind::Object.into(),
            () if self.items.is_some() => Kind::Array.into(),
            () => Kinds::default(),
        }
    }

    /// True if the schema names what a map holds.
    pub(super) fn has_shape(&self) -> bool {
        let shaped = matches!(self.additional_properties, Additional::Allowed(false) | Additional::Shaped(_));
        shaped || !self.properties.is_empty() || !self.pattern_properties.is_empty()
    }

    /// True if it says all itself: it refers to no other schema and has no alternatives.
    pub(super) fn is_leaf(&self) -> bool {
        self.reference.is_none() && self.all_of.is_empty() && self.any_of.is_empty() && self.one_of.is_empty()
    }

    /// True if it only says which properties must be there, and nothing about them.
    pub(super) fn is_only_required(&self) -> bool {
        !self.required.is_empty() && !self.has_shape() && self.is_leaf()
    }
}

/// Documents: values that AWS takes as a map or as the text of one.
impl Node {
    /// True for a map of any shape, for one that may also be a text, and for a text that is said to be JSON.
    pub(super) fn is_document(&self) -> bool {
        let map = self.kinds.contains(Kind::Object);
        let json = self.format.as_deref() == Some("json");
        json || (map && (self.kinds.contains(Kind::String) || self.is_free_form()))
    }

    fn is_free_form(&self) -> bool {
        let alternatives = self.all_of.len() + self.any_of.len() + self.one_of.len();
        !self.has_shape() && alternatives == 0 && self.reference.is_none()
    }

    /// True if the value is a document in another form than the schema names, so that nothing else can be said of it.
    pub(super) fn takes_as_document(&self, value: &Value) -> bool {
        let (map, text) = (self.kinds.contains(Kind::Object), self.kinds.contains(Kind::String));
        match value {
            Value::String(text_of) => map && !text && self.is_free_form() && is_json(text_of),
            Value::Map(_) | Value::List(_) => text && !map && self.format.as_deref() == Some("json"),
            _ => false,
        }
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}
