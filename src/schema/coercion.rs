//! Scalars of another type than the schema's whose meaning is clear. CloudFormation takes them too: of 1,177 templates that its
//! own linter finds clean, a fifth has some.

use serde_json::Number;

use super::kind::{Kind, Kinds};
use super::lookup::Lookup;
use super::node::Node;
use super::{PathSegment, ResourceSchema};
use crate::value::{Numeral, Value};

impl ResourceSchema {
    /// The properties with numbers and flags as texts where only a text is wanted, and texts as numbers and flags where only
    /// those are. In documents only what the schema names is: of the rest nobody says what it is.
    pub fn coerced(&self, mut properties: Value) -> Value {
        let lookup = self.lookup();
        coerce(lookup, &lookup.facets(&lookup.root), &mut properties);
        properties
    }
}

/// `facets` are all schemas that hold for the value.
fn coerce(lookup: &Lookup, facets: &[&Node], value: &mut Value) {
    let is_scalar = matches!(value, Value::Bool(_) | Value::Number(_) | Value::String(_));
    if is_scalar && facets.iter().any(|facet| facet.is_document()) {
        return;
    }
    let inner = |segment: PathSegment| -> Vec<&Node> {
        facets.iter().flat_map(|facet| facet.inner(&segment)).flat_map(|node| lookup.facets(node)).collect()
    };
    match value {
        Value::Map(entries) => {
            let fits = |name: &str, value: &Value| facets.iter().any(|facet| is_wanted(facet.entry(name), value));
            for (name, value) in entries.iter_mut().filter(|(name, value)| !fits(name, value)) {
                coerce(lookup, &inner(PathSegment::Key(name.clone())), value);
            }
        }
        Value::List(items) => {
            let fits = |index: usize, item: &Value| facets.iter().any(|facet| is_wanted(facet.item(index), item));
            for (index, item) in items.iter_mut().enumerate().filter(|(index, item)| !fits(*index, item)) {
                coerce(lookup, &inner(PathSegment::Index(index)), item);
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let wanted = facets.iter().fold(Kinds::default(), |wanted, facet| wanted.or(facet.kinds()));
            if let Some(meant) = meant(value, wanted) {
                *value = meant;
            }
        }
        Value::Null | Value::Unknown(_) => {}
    }
}

/// True for a scalar of a type that the schema names itself: most are, and nothing else has to be looked up for them.
fn is_wanted(node: Option<&Node>, value: &Value) -> bool {
    let is_scalar = matches!(value, Value::Bool(_) | Value::Number(_) | Value::String(_));
    let kinds = node.map(Node::kinds).unwrap_or_default();
    is_scalar && !kinds.is_empty() && Kind::of(value).is_some_and(|kind| kinds.accepts(kind))
}

/// What a scalar means where another type is wanted; `None` where it is of that type, or does not say.
fn meant(value: &Value, wanted: Kinds) -> Option<Value> {
    if wanted.is_empty() || Kind::of(value).is_none_or(|kind| wanted.accepts(kind)) {
        return None;
    }
    match value {
        Value::Number(number) if wanted.contains(Kind::String) => Some(Value::String(number.to_string())),
        Value::Bool(flag) if wanted.contains(Kind::String) => Some(Value::String(flag.to_string())),
        Value::String(text) if wanted.contains(Kind::Boolean) && flag(text).is_some() => flag(text).map(Value::Bool),
        Value::String(text) => number(text, wanted).map(|number| Value::Number(Numeral::written(number, text))),
        _ => None,
    }
}

/// In the two spellings that templates have.
fn flag(text: &str) -> Option<bool> {
    match text {
        "true" | "True" => Some(true),
        "false" | "False" => Some(false),
        _ => None,
    }
}

fn number(text: &str, wanted: Kinds) -> Option<Number> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    let whole = || text.parse::<i64>().ok().map(Number::from);
    let float = || text.parse::<f64>().ok().and_then(Number::from_f64).filter(|_| wanted.contains(Kind::Number));
    whole().or_else(float).filter(|_| is_plain && (wanted.contains(Kind::Integer) || wanted.contains(Kind::Number)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::Catalog;

    fn coerced(type_name: &str, properties: serde_json::Value) -> serde_json::Value {
        Catalog::standard().get(type_name).unwrap().coerced(properties.into()).to_json().unwrap()
    }

    #[test]
    fn what_people_paste_from_cloudformation_is_what_it_means() {
        let record = json!({"TTL": 60, "Name": "a.test", "Weight": "5", "ResourceRecords": [1.5, "10.0.0.1"]});
        let wanted = json!({"TTL": "60", "Name": "a.test", "Weight": 5, "ResourceRecords": ["1.5", "10.0.0.1"]});
        assert_eq!(coerced("AWS::Route53::RecordSet", record), wanted);
        let task = json!({"Cpu": 256, "ContainerDefinitions": [{"Essential": "true", "PortMappings": [{"ContainerPort": "80"}]}]});
        let wanted = json!({"Cpu": "256", "ContainerDefinitions": [{"Essential": true, "PortMappings": [{"ContainerPort": 80}]}]});
        assert_eq!(coerced("AWS::ECS::TaskDefinition", task), wanted);
        assert_eq!(coerced("AWS::SQS::Queue", json!({"FifoQueue": "True"})), json!({"FifoQueue": true}));
    }

    #[test]
    fn what_is_not_clear_and_what_is_in_documents_stays_as_it_is() {
        let queue =
            json!({"DelaySeconds": "soon", "FifoQueue": "yes", "VisibilityTimeout": "1.5", "RedrivePolicy": "5"});
        assert_eq!(coerced("AWS::SQS::Queue", queue.clone()), queue);
        let policy = json!({"PolicyDocument": {"Statement": [{"Sid": 5, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]}});
        assert_eq!(coerced("AWS::IAM::ManagedPolicy", policy.clone()), policy);
    }

    #[test]
    fn what_a_schema_names_inside_a_document_is_taken_too() {
        let queue = json!({"RedrivePolicy": {"deadLetterTargetArn": "arn", "maxReceiveCount": "5"}});
        let wanted = json!({"RedrivePolicy": {"deadLetterTargetArn": "arn", "maxReceiveCount": 5}});
        assert_eq!(coerced("AWS::SQS::Queue", queue), wanted);
    }

    #[test]
    fn a_number_that_is_a_text_keeps_its_spelling() {
        let properties = Value::Map(
            [("EngineVersion".to_owned(), Value::Number(Numeral::written(Number::from_f64(16.1).unwrap(), "16.10")))]
                .into(),
        );
        let schema = Catalog::standard().get("AWS::RDS::DBCluster").unwrap();
        assert_eq!(schema.coerced(properties).to_json(), Some(json!({"EngineVersion": "16.10"})));
    }
}
