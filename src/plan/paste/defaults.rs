//! Leaving out what AWS would choose anyway.

use serde_json::{Map, Value as Json};

use super::fit::violations;
use super::same::compared;
use super::writable::is_empty;
use crate::plan::documents_equal;
use crate::resources::{Driver, Properties};
use crate::schema::{PathSegment, PropertyPath, ResourceSchema};

/// The properties without those that have the value which AWS gives a new object where nobody writes one: as its schema or the
/// driver says. What would be refused or change without its default keeps it.
pub fn without_defaults(
    driver: &dyn Driver,
    schema: &ResourceSchema,
    properties: Properties,
    live: &Properties,
) -> Properties {
    let known = Known { schema, driver: of_driver(driver) };
    let trouble = |properties: &Properties| {
        violations(schema, properties).len() + compared(driver, schema, properties, live).len()
    };
    let (mut left, before) = (properties.clone(), trouble(&properties));
    for (name, value) in properties {
        match known.stripped(&PropertyPath::root().key(&name), value.clone()) {
            Some(stripped) => drop(left.insert(name.clone(), stripped)),
            None => drop(left.shift_remove(&name)),
        }
        if trouble(&left) > before {
            left.insert(name, value);
        }
    }
    left.sort_keys();
    left
}

fn of_driver(driver: &dyn Driver) -> Vec<(PropertyPath, Json)> {
    let parsed =
        |(pointer, json): &(&str, &str)| Some((PropertyPath::from_pointer(pointer), serde_json::from_str(json).ok()?));
    driver.defaults().iter().filter_map(parsed).collect()
}

struct Known<'a> {
    schema: &'a ResourceSchema,
    /// Several rows may name one property: each is a value that AWS chooses.
    driver: Vec<(PropertyPath, Json)>,
}

impl Known<'_> {
    /// The value without defaults in it; `None` where nothing else is in it.
    fn stripped(&self, path: &PropertyPath, value: Json) -> Option<Json> {
        if self.is_default(path, &value) {
            return None;
        }
        if self.schema.is_document(path) {
            return Some(value);
        }
        match value {
            Json::Object(entries) => {
                let kept = entries.into_iter().filter_map(|(key, value)| {
                    let value = self.stripped(&path.key(&key), value)?;
                    Some((key, value))
                });
                let kept = Json::Object(kept.collect::<Map<_, _>>());
                (!is_empty(&kept)).then_some(kept)
            }
            // An item stays an item, or the list would be another one, unless whole items are known to be AWS's own.
            Json::Array(items) => {
                let inside = path.with(PathSegment::Any);
                let others = items.into_iter().filter(|item| !self.is_default(&inside, item));
                let stripped = |item: Json| self.stripped(&inside, item.clone()).unwrap_or(item);
                let kept = Json::Array(others.map(stripped).collect());
                (!is_empty(&kept) && !self.is_default(path, &kept)).then_some(kept)
            }
            other => Some(other),
        }
    }

    fn is_default(&self, path: &PropertyPath, value: &Json) -> bool {
        let by_schema = self.schema.default(path).is_some_and(|default| default == value);
        let of_driver = self.driver.iter().filter(|(listed, _)| listed.fits(path));
        by_schema || of_driver.map(|(_, default)| default).any(|default| documents_equal(default, value))
    }
}

#[cfg(test)]
mod tests {
    use crate::resources::Registry;
    use crate::schema::{Catalog, PropertyPath};

    #[test]
    fn every_default_of_a_driver_is_a_value_of_a_property_that_the_type_has() {
        for driver in Registry::standard().iter().filter(|driver| !driver.is_local()) {
            let schema = Catalog::standard().get(driver.type_name()).unwrap();
            for (pointer, json) in driver.defaults() {
                let known = schema.kinds(&PropertyPath::from_pointer(pointer)).is_some();
                assert!(known, "{} has no {pointer}", driver.type_name());
                assert!(serde_json::from_str::<serde_json::Value>(json).is_ok(), "{pointer}: {json}");
            }
        }
    }
}
