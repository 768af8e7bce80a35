use infra::schema::Catalog;
use serde_json::{Map, Value as Json, json};

use crate::world::REGION;

/// A stack file.
pub(super) fn stack(resources: &Json) -> Json {
    json!({"project": "shop", "region": REGION, "resources": resources})
}

/// The same resources as a CloudFormation template.
pub(super) fn template(resources: &Json) -> Json {
    let resource = |(name, options): (&String, &Json)| {
        let properties = options.get("properties").map(|properties| intrinsic(properties, resources));
        (name.clone(), json!({"Type": options["type"], "Properties": properties}))
    };
    let resources: Map<String, Json> = resources.as_object().expect("resources").iter().map(resource).collect();
    json!({"Resources": resources})
}

/// `${queue.Arn}` as a function of CloudFormation, at any depth.
fn intrinsic(value: &Json, resources: &Json) -> Json {
    match value {
        Json::String(text) => match reference(text) {
            Some((name, attribute)) if is_identifier(&resources[name]["type"], attribute) => json!({"Ref": name}),
            Some((name, attribute)) => json!({"Fn::GetAtt": [name, attribute]}),
            None => value.clone(),
        },
        Json::Array(items) => items.iter().map(|item| intrinsic(item, resources)).collect(),
        Json::Object(entries) => {
            let entries = entries.iter().map(|(name, value)| (name.clone(), intrinsic(value, resources)));
            Json::Object(entries.collect())
        }
        other => other.clone(),
    }
}

fn reference(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix("${")?.strip_suffix('}')?;
    inside.split_once('.')
}

/// True for what `Ref` gives.
fn is_identifier(type_name: &Json, attribute: &str) -> bool {
    let schema = type_name.as_str().and_then(|name| Catalog::standard().get(name)).expect("AWS has the type");
    matches!(schema.primary_identifier(), [identifier] if identifier.to_string() == attribute)
}
