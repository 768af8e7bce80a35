//! What an expression reads of a resource, `${database.Endpoint.Address}`.

use super::kind::{Kind, Kinds};
use super::lookup::Lookup;
use super::nearest::nearest;
use super::node::{Additional, Node};
use super::{PathSegment, PropertyPath, Violation};

/// What is wrong with reading an attribute; `None` if the type has it, or does not say what is inside.
pub(super) fn check(type_name: &str, lookup: &Lookup, path: &PropertyPath) -> Option<Violation> {
    let mut around = PropertyPath::root();
    for segment in path.segments() {
        let nodes = lookup.at(around.segments());
        if let PathSegment::Key(name) = segment
            && let Some(names) = closed_names(&nodes, name)
        {
            let place = if around.is_root() { type_name.to_owned() } else { around.to_string() };
            let suggestion = nearest(name, names).map(|near| format!("did you mean `{near}`?"));
            let message = format!("`{name}` is not an attribute of {place}");
            let path = around.key(name);
            return Some(Violation { path, message, suggestion, is_name: true, ..Violation::default() });
        }
        if let PathSegment::Index(index) = segment
            && is_no_list(&nodes)
        {
            let message = format!("`{around}` is no list, so it has no item {index}");
            return Some(Violation { path: around.index(*index), message, ..Violation::default() });
        }
        around = around.with(segment.clone());
    }
    None
}

/// True if what is there is certainly neither a list nor a document.
fn is_no_list(nodes: &[&Node]) -> bool {
    let kinds = nodes.iter().map(|node| node.kinds()).fold(Kinds::default(), Kinds::or);
    let is_open = nodes.iter().any(|node| node.is_document());
    !kinds.is_empty() && !kinds.contains(Kind::Array) && !is_open
}

/// The names that a value has, if the one that is read is not among them; `None` if it is or may be.
fn closed_names<'a>(nodes: &[&'a Node], name: &str) -> Option<Vec<&'a str>> {
    let kinds = nodes.iter().map(|node| node.kinds()).fold(Kinds::default(), Kinds::or);
    let is_closed = |node: &&Node| matches!(node.additional_properties, Additional::Allowed(false));
    let has_no_entries = !kinds.is_empty() && !kinds.accepts(Kind::Object);
    let is_known = nodes.iter().any(|node| node.entry(name).is_some());
    let names = || nodes.iter().flat_map(|node| node.properties.keys().map(String::as_str)).collect();
    (!is_known && (has_no_entries || nodes.iter().any(is_closed))).then(names)
}

#[cfg(test)]
mod tests {
    use crate::schema::Catalog;

    fn wrong(type_name: &str, path: &str) -> Option<String> {
        let schema = Catalog::standard().get(type_name).unwrap();
        schema.check_attribute(&path.parse().unwrap()).map(|violation| violation.to_string())
    }

    #[test]
    fn an_attribute_that_the_type_has_can_be_read() {
        for path in ["Endpoint.Address", "MasterUserSecret.SecretArn", "VpcSecurityGroupIds[0]", "Port"] {
            assert_eq!(wrong("AWS::RDS::DBCluster", path), None, "{path}");
        }
        assert_eq!(wrong("AWS::IAM::Role", "AssumeRolePolicyDocument.Statement[0].Effect"), None);
        assert_eq!(wrong("AWS::ECS::TaskDefinition", "ContainerDefinitions[0].DockerLabels.team"), None);
    }

    #[test]
    fn one_that_it_has_not_is_named_with_the_nearest() {
        let message = |type_name, path| wrong(type_name, path).unwrap();
        assert_eq!(
            message("AWS::SQS::Queue", "Arm"),
            "`Arm` is not an attribute of AWS::SQS::Queue; did you mean `Arn`?"
        );
        assert_eq!(
            message("AWS::RDS::DBCluster", "Endpoint.Adress"),
            "`Adress` is not an attribute of Endpoint; did you mean `Address`?"
        );
        assert_eq!(message("AWS::SQS::Queue", "Arn.Name"), "`Name` is not an attribute of Arn");
    }
}
