use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Finding, Trouble};
use super::object::Object;
use super::spelling::Spelling;

/// What an account holds: by kind and name, each object as one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory(BTreeMap<(String, String), Vec<String>>);

impl Inventory {
    pub fn of(objects: &[Object], spelling: &Spelling) -> Self {
        let mut inventory: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for object in objects.iter().filter(|object| !object.is_of_aws()) {
            let key = (object.kind.clone(), spelling.text(&object.id));
            inventory.entry(key).or_default().push(spelling.json(&object.properties));
        }
        inventory.values_mut().for_each(|lines| lines.sort());
        Self(inventory)
    }

    pub fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// How many objects there are of each kind.
    pub fn kinds(&self) -> BTreeMap<String, usize> {
        let mut kinds = BTreeMap::new();
        for ((kind, _), lines) in &self.0 {
            *kinds.entry(kind.clone()).or_default() += lines.len();
        }
        kinds
    }

    /// What is here and should not be, and the other way round.
    pub fn compare(&self, expected: &Self) -> Vec<Finding> {
        let keys: BTreeSet<_> = self.0.keys().chain(expected.0.keys()).collect();
        let none = Vec::new();
        let lines = |inventory: &'_ Self, key| inventory.0.get(key).unwrap_or(&none).clone();
        keys.into_iter().filter_map(|key| difference(key, &lines(self, key), &lines(expected, key))).collect()
    }
}

fn difference((kind, name): &(String, String), found: &[String], expected: &[String]) -> Option<Finding> {
    let trouble = match (found.len(), expected.len()) {
        _ if found == expected => return None,
        (_, 0) => Trouble::Orphan,
        (found, expected) if found > expected => Trouble::Double,
        (found, expected) if found < expected => Trouble::Lost,
        _ => Trouble::Different,
    };
    let place = found.iter().zip(expected).find_map(|(found, expected)| divergence(found, expected));
    Some(Finding::new(trouble, format!("{kind} {name}{}", place.unwrap_or_default())))
}

/// Where two lines part, with a little of what stands around.
fn divergence(found: &str, expected: &str) -> Option<String> {
    let (found, expected): (Vec<char>, Vec<char>) = (found.chars().collect(), expected.chars().collect());
    let same = found.iter().zip(&expected).take_while(|(one, other)| one == other).count();
    let part = |text: &[char]| text.iter().skip(same.saturating_sub(60)).take(160).collect::<String>();
    (found != expected).then(|| format!("\n    is        …{}…\n    should be …{}…", part(&found), part(&expected)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::normalize::Normalizer;

    fn inventory(objects: &[(&str, &str, u32)]) -> Inventory {
        let object = |(id, address, port): &(&str, &str, u32)| Object {
            kind: "subnet".to_owned(),
            id: (*id).to_owned(),
            properties: json!({"Tags": {"infra:address": address}, "port": port, "SubnetId": id}),
        };
        let objects: Vec<_> = objects.iter().map(object).collect();
        Inventory::of(&objects, &Spelling::of(&objects, Normalizer::new([])))
    }

    #[test]
    fn two_accounts_with_other_ids_are_the_same() {
        let one = inventory(&[("subnet-0a0a0a0a", "a", 1), ("subnet-0b0b0b0b", "b", 2)]);
        let other = inventory(&[("subnet-11111111", "b", 2), ("subnet-22222222", "a", 1)]);
        assert_eq!(one.compare(&other), []);
        assert_eq!(one.len(), 2);
    }

    #[test]
    fn what_is_too_much_missing_or_other_is_told() {
        let clean = inventory(&[("subnet-0a0a0a0a", "a", 1), ("subnet-0b0b0b0b", "b", 2)]);
        for (found, trouble) in [
            (vec![("subnet-0a0a0a0a", "a", 1), ("subnet-0b0b0b0b", "b", 2), ("subnet-1", "c", 3)], Trouble::Orphan),
            (
                vec![("subnet-0a0a0a0a", "a", 1), ("subnet-0b0b0b0b", "b", 2), ("subnet-0c0c0c0c", "b", 2)],
                Trouble::Double,
            ),
            (vec![("subnet-0a0a0a0a", "a", 1)], Trouble::Lost),
            (vec![("subnet-0a0a0a0a", "a", 1), ("subnet-0b0b0b0b", "b", 3)], Trouble::Different),
        ] {
            let findings = inventory(&found).compare(&clean);
            assert_eq!(findings.iter().map(|finding| finding.trouble).collect::<Vec<_>>(), [trouble]);
        }
    }
}
