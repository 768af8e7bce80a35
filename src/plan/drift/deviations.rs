use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::Deviation;
use super::unwritten::{child_of, is_list_of_items, item_of, label};
use crate::plan::natural_key::NaturalKey;
use crate::plan::{Disclosure, Shown, fingerprint};
use crate::resources::Properties;
use crate::schema::PropertyPath;
use crate::state::{Fingerprint, FingerprintKey};
use crate::value::Value;

/// Compares what an object has that nobody wrote with what it had. Lists compare as sets: nobody chose their order.
pub struct Deviations<'a> {
    pub disclosure: Disclosure<'a>,
    pub key: &'a FingerprintKey,
    /// All that was read, for values that are back to what is usual.
    pub live: &'a Properties,
}

/// A place in an object: as it is shown, and where the schema has its facts.
#[derive(Clone)]
struct Place {
    shown: PropertyPath,
    facts: PropertyPath,
}

type Found = Vec<Deviation>;

impl Deviations<'_> {
    /// Both sides as `Unwritten` gives them, the baseline's secrets as fingerprints.
    pub fn between(&self, baseline: &Properties, now: &Properties) -> Vec<Deviation> {
        let mut found = Vec::new();
        let root = Place { shown: PropertyPath::root(), facts: PropertyPath::root() };
        self.maps(&root, (baseline, now), &mut found);
        found
    }

    fn values(&self, place: &Place, sides: (Option<&Json>, Option<&Json>), found: &mut Found) {
        let (nothing, none) = (Map::new(), Vec::new());
        let is_document = self.disclosure.schema.is_document(&place.facts);
        match sides {
            // Nobody has asked since it was changed.
            (None, None) | (Some(Json::Null), _) => {}
            (Some(before), Some(now)) if fingerprint::equal(self.key, now, before) => {}
            (before, now) if !is_document && is_map(before) && is_map(now) => {
                let entries = |side: Option<&'_ Json>| side.and_then(Json::as_object).cloned();
                let (before, now) = (entries(before), entries(now));
                self.maps(place, (before.as_ref().unwrap_or(&nothing), now.as_ref().unwrap_or(&nothing)), found);
            }
            (before, now) if is_list(before) && is_list(now) => {
                let items = |side: Option<&'_ Json>| side.and_then(Json::as_array).cloned();
                let (before, now) = (items(before), items(now));
                self.lists(place, (before.as_ref().unwrap_or(&none), now.as_ref().unwrap_or(&none)), found);
            }
            (before, now) => self.differs(place, before, now, found),
        }
    }

    fn maps(&self, place: &Place, (before, now): (&Map<String, Json>, &Map<String, Json>), found: &mut Found) {
        let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        let is_settings = self.is_settings(place) && !before.is_empty();
        // Settings by key are AWS's to name: one that was not there before is new in AWS.
        let is_new =
            |name: &str| is_settings && !before.contains_key(name) && now.get(name).is_some_and(Json::is_string);
        for name in names.into_iter().filter(|name| !is_new(name)) {
            let facts = child_of(self.disclosure.schema, &place.facts, name);
            let place = Place { shown: place.shown.key(name), facts };
            self.values(&place, (before.get(name), now.get(name)), found);
        }
    }

    /// True for a list of settings by key, which is a map here; tags are anybody's.
    fn is_settings(&self, place: &Place) -> bool {
        let schema = self.disclosure.schema;
        let is_tags = schema.tag_property().is_some_and(|tags| place.facts == PropertyPath::root().key(&tags.name));
        !is_tags && is_list_of_items(schema, &place.facts)
    }

    fn lists(&self, place: &Place, (before, now): (&[Json], &[Json]), found: &mut Found) {
        let mut added: Vec<&Json> = now.iter().collect();
        let mut gone = Vec::new();
        for item in before {
            match added.iter().position(|now| fingerprint::equal(self.key, now, item)) {
                Some(position) => drop(added.remove(position)),
                None => gone.push(item),
            }
        }
        let key = natural_key(before, now);
        for (index, item) in gone.into_iter().enumerate() {
            let name = key.and_then(|key| key.of_live(item).cloned());
            let same = |now: &&Json| name.is_some() && key.and_then(|key| key.of_live(now)) == name.as_ref();
            let partner = added.iter().position(same).map(|position| added.remove(position));
            let place = item_at(place, name.as_ref(), index);
            match partner {
                Some(now) => self.values(&place, (Some(item), Some(now)), found),
                None => self.differs(&place, Some(item), None, found),
            }
        }
        for (index, item) in
            now.iter().enumerate().filter(|(_, item)| added.iter().any(|one| std::ptr::eq(*one, *item)))
        {
            let name = key.and_then(|key| key.of_live(item));
            self.differs(&item_at(place, name, index), None, Some(item), found);
        }
    }

    /// The value of a place that counts as nothing: off, empty, AWS's default.
    fn usual(&self, place: &Place) -> Option<&Json> {
        let (top, rest) = (place.shown.top_level()?, place.shown.segments().get(1..)?);
        let rest = rest.iter().cloned().collect::<PropertyPath>();
        self.live.get(top)?.pointer(&rest.in_properties())
    }

    fn differs(&self, place: &Place, before: Option<&Json>, now: Option<&Json>, found: &mut Found) {
        let now = now.or_else(|| self.usual(place)).filter(|now| !now.is_null());
        let was_secret = before.is_some_and(fingerprint::is_in);
        let live = match now {
            Some(_) if was_secret => Shown::Secret,
            Some(now) => self.disclosure.shown(&place.facts, &Value::from(now.clone())),
            None => Shown::Absent,
        };
        let baseline = match before {
            Some(_) if was_secret => Shown::Secret,
            Some(before) => self.disclosure.shown(&place.facts, &Value::from(before.clone())),
            None => Shown::Absent,
        };
        found.push(Deviation { path: place.shown.clone(), baseline, live });
    }
}

fn is_map(side: Option<&Json>) -> bool {
    side.is_none_or(|side| side.is_object() && Fingerprint::of_json(side).is_none())
}

fn is_list(side: Option<&Json>) -> bool {
    side.is_none_or(Json::is_array)
}

fn natural_key(before: &[Json], now: &[Json]) -> Option<NaturalKey> {
    let either = |one: &[Json], other: &[Json]| if one.is_empty() { other.to_vec() } else { one.to_vec() };
    let (before, now) = (either(before, now), either(now, before));
    NaturalKey::of(&before.into_iter().map(Value::from).collect::<Vec<_>>(), &now)
}

fn item_at(place: &Place, name: Option<&Json>, index: usize) -> Place {
    let shown = match name {
        Some(_) => place.shown.key(&label(name, index)),
        None => place.shown.index(index),
    };
    Place { shown, facts: item_of(&place.facts) }
}
