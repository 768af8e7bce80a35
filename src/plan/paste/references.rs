use std::sync::LazyLock;

use indexmap::IndexMap;
use regex::Regex;
use serde_json::Value as Json;

use crate::address::Address;
use crate::plan::attributes;
use crate::resources::{Properties, Registry};
use crate::schema::{Catalog, ResourceSchema};
use crate::stack::Stack;
use crate::state::{ResourceState, Snapshot};
use crate::value::{Unknown, Value};

/// Texts that mean one thing wherever they stand: ARNs, URLs, ids of EC2 and of hosted zones.
static DISTINCT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("^(arn:.+|https?://.+|[a-z]+-[0-9a-f]{8}([0-9a-f]{9})?|Z[0-9A-Z]{8,})$").ok());

/// What identifies the objects that a stack has already, by the texts that other objects name them with.
#[derive(Default)]
pub struct References(IndexMap<String, Target>);

struct Target {
    address: Address,
    attribute: String,
}

impl References {
    /// Of all that both the file and state have.
    pub fn of(stack: &Stack, snapshot: &Snapshot, registry: &Registry) -> Self {
        let mut references = Self::default();
        for (address, state) in &snapshot.resources {
            let resource = stack.resources.get(address).filter(|resource| resource.type_name == state.type_name);
            if let (Some(resource), Some(schema)) = (resource, Catalog::standard().get(&state.type_name))
                && !resource.is_lookup()
                && state.id().is_some()
            {
                references.add(address, state, &schema, registry);
            }
        }
        references
    }

    fn add(&mut self, address: &Address, state: &ResourceState, schema: &ResourceSchema, registry: &Registry) {
        let known = attributes::of_state(state);
        let name = registry.get(&state.type_name).and_then(|driver| driver.name_rule()).map(|rule| rule.property);
        // What is identified by several properties is identified by other objects.
        let identifies = |attribute: &str| schema.primary_identifier().len() == 1 && schema.identifies(attribute);
        let is_output = |attribute: &str| {
            let path = crate::schema::PropertyPath::root().key(attribute);
            schema.is_read_only(&path) && !schema.is_secret_output(attribute)
        };
        for attribute in schema.attributes() {
            let says_which = identifies(attribute) || is_output(attribute) || name == Some(attribute);
            let text = known.get(attribute).and_then(Json::as_str).filter(|text| says_which && !text.is_empty());
            if let Some(text) = text {
                let target = Target { address: address.clone(), attribute: attribute.to_owned() };
                self.0.entry(text.to_owned()).or_insert(target);
            }
        }
    }

    /// The properties with references in the place of such texts. `own_name` is the property that names the object itself.
    pub fn put_into(&self, properties: Properties, own_name: Option<&str>) -> IndexMap<String, Value> {
        let value = |(name, value): (String, Json)| {
            let value = if own_name == Some(name.as_str()) { Value::from(value) } else { self.value(&name, value) };
            (name, value)
        };
        properties.into_iter().map(value).collect()
    }

    fn value(&self, name: &str, value: Json) -> Value {
        match value {
            Json::String(text) => self.reference(name, &text).unwrap_or(Value::String(text)),
            Json::Array(items) => Value::List(items.into_iter().map(|item| self.value(name, item)).collect()),
            Json::Object(entries) => {
                let entries = entries.into_iter().map(|(key, value)| {
                    let value = self.value(&key, value);
                    (key, value)
                });
                Value::Map(entries.collect())
            }
            other => Value::from(other),
        }
    }

    /// A plain name means the object only where the property says that it holds such a name: `Cluster` a `ClusterName`.
    fn reference(&self, name: &str, text: &str) -> Option<Value> {
        let Target { address, attribute } = self.0.get(text)?;
        let is_distinct = DISTINCT.as_ref().is_some_and(|distinct| distinct.is_match(text));
        let is_named = attribute.starts_with(name) || name.ends_with(attribute.as_str());
        (is_distinct || is_named).then(|| {
            let expression = format!("${{{address}.{attribute}}}");
            Value::Unknown(Unknown { expression, waits_for: vec![address.clone()] })
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_id_is_a_reference_everywhere_and_a_name_where_the_property_says_so() {
        let target =
            |address: &str, attribute: &str| Target { address: Address::new(address), attribute: attribute.to_owned() };
        let references = References(IndexMap::from([
            ("vpc-0a1b2c3d".to_owned(), target("vpc", "VpcId")),
            ("shop".to_owned(), target("cluster", "ClusterName")),
            ("subnet-0a1b2c3d".to_owned(), target(r#"subnet["a"]"#, "SubnetId")),
        ]));
        let properties = json!({
            "Name": "shop", "Network": "vpc-0a1b2c3d", "Cluster": "shop", "Role": "shop",
            "Inner": {"Subnets": ["subnet-0a1b2c3d", "subnet-1"]},
        });
        let Json::Object(properties) = properties else { panic!("an object") };
        let text = crate::stack::yaml_block(&references.put_into(properties, Some("Name")), 0);
        assert_eq!(
            text,
            "Name: shop\nNetwork: ${vpc.VpcId}\nCluster: ${cluster.ClusterName}\nRole: shop\nInner:\n  Subnets:\n    \
             - ${subnet[\"a\"].SubnetId}\n    - subnet-1\n"
        );
    }
}
