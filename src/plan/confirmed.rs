use serde_json::Value as Json;

use crate::resources::Properties;
use crate::schema::{PropertyPath, ResourceSchema};
use crate::state::{Life, Readiness, ResourceState};

/// The properties that AWS certainly has, as far as only state can tell. After a create that was cut off, what AWS never
/// gives back is null, which equals nothing: which of the calls were made is unknown, so it is written again.
pub fn confirmed(schema: &ResourceSchema, state: &ResourceState) -> Properties {
    match &state.life {
        Life::Intended { .. } | Life::Known { readiness: Readiness::Incomplete, .. } => {
            let entry = |(name, value): (&String, &Json)| {
                (name.clone(), without_doubtful(schema, &PropertyPath::root().key(name), value))
            };
            state.properties.iter().map(entry).collect()
        }
        _ => state.properties.clone(),
    }
}

fn without_doubtful(schema: &ResourceSchema, path: &PropertyPath, value: &Json) -> Json {
    match value {
        _ if schema.is_doubtful(path) => Json::Null,
        Json::Object(entries) => {
            let entry =
                |(name, value): (&String, &Json)| (name.clone(), without_doubtful(schema, &path.key(name), value));
            Json::Object(entries.iter().map(entry).collect())
        }
        Json::Array(items) => {
            let item = |(index, value)| without_doubtful(schema, &path.index(index), value);
            items.iter().enumerate().map(item).collect()
        }
        other => other.clone(),
    }
}
