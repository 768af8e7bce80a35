//! Taking an existing object into the stack: which one is meant, and which resource of the file it is.

use std::collections::BTreeMap;

use super::live::read_error;
use super::{LiveReader, PlanError};
use crate::address::Address;
use crate::resources::{Driver, Live, ReadRequest, Registry};
use crate::stack::Stack;
use crate::state::Snapshot;

/// What a user means by `rds:my-cluster` or `AWS::RDS::DBCluster:my-cluster`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// A type name or the name of a service.
    pub kind: String,
    pub text: String,
}

impl Reference {
    /// `None` where the text has not the form `SERVICE:ID` or `AWS::SERVICE::TYPE:ID`.
    pub fn parse(text: &str) -> Option<Self> {
        let start = if text.starts_with("AWS::") { type_end(text)? } else { 0 };
        let colon = start + text[start..].find(':')?;
        let (kind, id) = (&text[..colon], &text[colon + 1..]);
        (!kind.is_empty() && !id.is_empty()).then(|| Self { kind: kind.to_owned(), text: id.to_owned() })
    }

    /// The drivers of the type or service.
    pub fn drivers<'a>(&self, registry: &'a Registry) -> Vec<&'a dyn Driver> {
        registry.iter().filter(|driver| self.is_of(driver.type_name())).collect()
    }

    fn is_of(&self, type_name: &str) -> bool {
        let service = type_name.split("::").nth(1).unwrap_or_default();
        let wanted = match self.kind.to_ascii_lowercase().as_str() {
            "elb" | "elbv2" | "alb" => "elasticloadbalancingv2".to_owned(),
            "secrets" => "secretsmanager".to_owned(),
            other => other.to_owned(),
        };
        type_name == self.kind || service.to_ascii_lowercase() == wanted
    }
}

/// Where the last part of `AWS::SERVICE::TYPE` starts.
fn type_end(text: &str) -> Option<usize> {
    let service = "AWS::".len();
    Some(service + text[service..].find("::")? + 2)
}

/// An object that a reference found, with its type.
pub struct Found {
    pub type_name: &'static str,
    pub live: Live,
}

/// Every object that the reference may mean: a cluster and an instance can share a name.
///
/// # Errors
/// `PlanError::Read` where AWS does not answer.
pub async fn find(
    reference: &Reference,
    registry: &Registry,
    reader: &LiveReader<'_>,
    region: &str,
) -> Result<Vec<Found>, PlanError> {
    let (context, mut found) = (reader.context(region), Vec::new());
    for driver in reference.drivers(registry) {
        let type_name = driver.type_name();
        let explain = |error| read_error(format!("{type_name} in {region}"), error);
        let Some(id) = driver.resolve(&context, &reference.text).await.map_err(explain)? else { continue };
        let live = driver.read(&context, &[ReadRequest::all(id)]).await.map_err(explain)?;
        found.extend(live.into_iter().flatten().map(|live| Found { type_name, live }));
    }
    Ok(found)
}

/// The resources of the file that an object could be: of its type and not in state yet.
pub fn candidates<'a>(stack: &'a Stack, snapshot: &Snapshot, found: &[Found]) -> BTreeMap<&'a Address, &'a str> {
    let free = |address: &&Address| snapshot.resources.get(*address).is_none_or(|state| state.id().is_none());
    let resources = stack.resources.values().filter(|resource| !resource.is_lookup());
    let fitting = resources.filter(|resource| found.iter().any(|found| found.type_name == resource.type_name));
    let named = fitting.map(|resource| (&resource.address, resource.type_name.as_str()));
    named.filter(|(address, _)| free(address)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_reference_parse() {
        for (text, kind, id) in [
            ("rds:my-cluster", "rds", "my-cluster"),
            ("AWS::RDS::DBCluster:my-cluster", "AWS::RDS::DBCluster", "my-cluster"),
            ("elbv2:arn:aws:elasticloadbalancing:us-west-2:1:x", "elbv2", "arn:aws:elasticloadbalancing:us-west-2:1:x"),
        ] {
            let parsed = Reference { kind: kind.into(), text: id.into() };
            assert_eq!(Reference::parse(text), Some(parsed), "{text}");
        }
        assert_eq!(Reference::parse("my-cluster"), None);
        assert_eq!(Reference::parse("AWS::RDS::DBCluster"), None);
    }

    #[test]
    fn a_service_stands_for_all_its_types() {
        let registry = Registry::standard();
        let names = |kind: &str| -> Vec<_> {
            let reference = Reference { kind: kind.into(), text: "x".into() };
            reference.drivers(&registry).iter().map(|driver| driver.type_name()).collect()
        };
        assert_eq!(names("sqs"), ["AWS::SQS::Queue"]);
        assert_eq!(names("AWS::SQS::Queue"), ["AWS::SQS::Queue"]);
        assert!(names("nothing").is_empty());
    }
}
