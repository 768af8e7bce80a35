use serde_json::Value as Json;

use super::document::{documents_equal, scalars_equal};
use super::natural_key::NaturalKey;
use super::{Cause, Difference, Disclosure, Shown, fingerprint};
use crate::resources::Properties;
use crate::schema::PropertyPath;
use crate::state::{Fingerprint, FingerprintKey};
use crate::value::Value;

/// What one comparison needs: the facts of the type, what the last apply wrote, and what AWS has.
pub struct Diff<'a> {
    pub disclosure: Disclosure<'a>,
    /// The properties last written, secrets as fingerprints; empty for an object that is new to state.
    pub before: &'a Properties,
    pub live: &'a Properties,
    pub key: &'a FingerprintKey,
}

/// Where the written properties and the live ones differ. Live values that nobody wrote are not looked at; what the last
/// apply wrote and the file no longer says goes back to AWS's default, unless AWS only takes it at creation.
pub fn differences(diff: &Diff<'_>, desired: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    let Value::Map(entries) = desired else { return found };
    for (name, value) in entries {
        let (path, before, known) = (PropertyPath::root().key(name), diff.before.get(name), found.len());
        diff.value(&path, value, diff.live.get(name), before, &mut found);
        diff.disclosure.cover(&mut found[known..], Some(value), before);
    }
    for (name, before) in diff.before {
        let path = PropertyPath::root().key(name);
        // Where nothing is written AWS chooses, and what it would choose anew is only known for some: a switch is off.
        let default_is_known = diff.disclosure.schema.default(&path).is_some() || *before == Json::Bool(true);
        let fixed = diff.disclosure.schema.is_create_only(&path) && !default_is_known;
        match entries.contains_key(name) || fixed || diff.disclosure.schema.is_kept(&path) {
            true => {}
            false if diff.disclosure.schema.is_write_only(&path) => found.push(diff.secret_removed(path, before)),
            false => {
                let known = found.len();
                diff.removed(&path, before, diff.live.get(name), &mut found);
                diff.disclosure.cover(&mut found[known..], None, Some(before));
            }
        }
    }
    found
}

impl Diff<'_> {
    fn value(
        &self,
        path: &PropertyPath,
        desired: &Value,
        live: Option<&Json>,
        before: Option<&Json>,
        found: &mut Vec<Difference>,
    ) {
        if self.disclosure.schema.is_write_only(path) {
            return self.secret(path, desired, before, found);
        }
        match (desired, live) {
            // State stands in for a live object that is not asked.
            (desired, Some(fingerprint)) if Fingerprint::of_json(fingerprint).is_some() => {
                let equal = desired.to_json().is_some_and(|json| fingerprint::matches(self.key, fingerprint, &json));
                if !equal {
                    self.differs(path, desired, live, before, found);
                }
            }
            (Value::Unknown(_), _) => self.differs(path, desired, live, before, found),
            (_, Some(live)) if self.disclosure.schema.is_document(path) => {
                let equal = desired.to_json().is_some_and(|desired| documents_equal(&desired, live));
                if !equal {
                    self.differs(path, desired, Some(live), before, found);
                }
            }
            (Value::Map(entries), Some(Json::Object(live))) => self.map(path, entries, live, before, found),
            (Value::List(items), Some(Json::Array(live))) => self.list(path, items, live, before, found),
            (desired, live) if is_empty(desired) && live.is_none_or(is_empty_json) => {}
            (desired, Some(live)) if desired.to_json().is_some_and(|desired| scalars_equal(&desired, live)) => {}
            _ => self.differs(path, desired, live, before, found),
        }
    }

    /// AWS never tells a write-only value, so what was written last is all there is to compare with.
    fn secret(&self, path: &PropertyPath, desired: &Value, before: Option<&Json>, found: &mut Vec<Difference>) {
        let same = match (desired.to_json(), before) {
            (Some(desired), Some(before)) => fingerprint::equal(self.key, &desired, before),
            (None, _) => false,
            (Some(desired), None) => is_empty_json(&desired),
        };
        if !same {
            found.push(Difference {
                path: path.clone(),
                before: self.written_before(path, before),
                after: self.disclosure.shown(path, desired),
                cause: Cause::Changed,
                // Of what was imported nobody knows what it was made with.
                replaces: !self.before.is_empty() && self.disclosure.schema.is_create_only(path),
            });
        }
    }

    fn secret_removed(&self, path: PropertyPath, before: &Json) -> Difference {
        let (before, after, cause) = (self.written_before(&path, Some(before)), Shown::Default, Cause::Removed);
        Difference { path, before, after, cause, replaces: false }
    }

    /// What was written last into a property that AWS never tells, as people may see it.
    fn written_before(&self, path: &PropertyPath, before: Option<&Json>) -> Shown {
        match before {
            Some(before) if self.disclosure.schema.is_hidden(path) || fingerprint::is_in(before) => Shown::Secret,
            before => Shown::live(before),
        }
    }

    fn map(
        &self,
        path: &PropertyPath,
        desired: &indexmap::IndexMap<String, Value>,
        live: &serde_json::Map<String, Json>,
        before: Option<&Json>,
        found: &mut Vec<Difference>,
    ) {
        let before = before.filter(|before| Fingerprint::of_json(before).is_none()).and_then(Json::as_object);
        for (key, value) in desired {
            let before = before.and_then(|before| before.get(key));
            self.value(&path.key(key), value, live.get(key), before, found);
        }
        for (key, before) in before.into_iter().flatten() {
            if !desired.contains_key(key) {
                self.removed(&path.key(key), before, live.get(key), found);
            }
        }
    }

    fn list(
        &self,
        path: &PropertyPath,
        desired: &[Value],
        live: &[Json],
        before: Option<&Json>,
        found: &mut Vec<Difference>,
    ) {
        let before = before.and_then(Json::as_array).map(Vec::as_slice);
        if is_keyed(desired, live) {
            return self.keyed(path, desired, live, before.unwrap_or_default(), found);
        }
        let key = NaturalKey::of(desired, live);
        if self.disclosure.schema.is_unordered(path) {
            return self.set(path, (desired, live, before.unwrap_or_default()), key.as_ref(), found);
        }
        if let Some(key) = key.filter(|key| key.keeps_order(desired, live)) {
            return self.named(path, (desired, live, before.unwrap_or_default()), &key, found);
        }
        let item = |index| before.and_then(|before| before.get(index));
        for (index, value) in desired.iter().enumerate() {
            self.value(&path.index(index), value, live.get(index), item(index), found);
        }
        for (index, live) in live.iter().enumerate().skip(desired.len()) {
            self.surplus(&path.index(index), live, item(index), found);
        }
    }

    /// `[{Key, Value}]`: tags and attributes. Keys that neither the file nor the last apply wrote are not ours.
    fn keyed(
        &self,
        path: &PropertyPath,
        desired: &[Value],
        live: &[Json],
        before: &[Json],
        found: &mut Vec<Difference>,
    ) {
        let key = |json: &Json| json.get("Key").and_then(Json::as_str).map(str::to_owned);
        let item = |items: &[Json], wanted: &str| {
            items.iter().find(|item| key(item).as_deref() == Some(wanted)).and_then(|item| item.get("Value")).cloned()
        };
        let mut written = Vec::new();
        for entry in desired {
            let (Some(Value::String(name)), Some(value)) = (entry.get("Key"), entry.get("Value")) else { continue };
            written.push(name.clone());
            let (live, before) = (item(live, name), item(before, name));
            self.value(&path.key(name), value, live.as_ref(), before.as_ref(), found);
        }
        for entry in before {
            let Some(name) = key(entry).filter(|name| !written.contains(name)) else { continue };
            self.removed(&path.key(&name), entry, item(live, &name).as_ref(), found);
        }
    }

    /// A list whose items have names: each is compared with the one of its name, wherever that stands.
    fn named(
        &self,
        path: &PropertyPath,
        (desired, live, before): (&[Value], &[Json], &[Json]),
        key: &NaturalKey,
        found: &mut Vec<Difference>,
    ) {
        for (index, item) in desired.iter().enumerate() {
            let name = key.of_desired(item);
            self.value(&path.index(index), item, key.find(live, name.as_ref()), key.find(before, name.as_ref()), found);
        }
        let written: Vec<Json> = desired.iter().filter_map(|item| key.of_desired(item)).collect();
        for (index, live) in live.iter().enumerate() {
            let name = key.of_live(live);
            if name.is_none_or(|name| !written.contains(name)) {
                self.surplus(&path.index(index), live, key.find(before, name), found);
            }
        }
    }

    /// An unordered list: each written item is paired with a live one that it equals, else with the one of its name; what is
    /// left over differs. What is written twice is there once.
    fn set(
        &self,
        path: &PropertyPath,
        (desired, live, before): (&[Value], &[Json], &[Json]),
        key: Option<&NaturalKey>,
        found: &mut Vec<Difference>,
    ) {
        let mut unmatched: Vec<(usize, &Json)> =
            live.iter().enumerate().filter(|(index, item)| !live[..*index].contains(item)).collect();
        let mut surplus = Vec::new();
        for (index, item) in desired.iter().enumerate().filter(|(index, item)| !desired[..*index].contains(item)) {
            let known = item.to_json();
            let known = known.and_then(|item| before.iter().find(|before| fingerprint::equal(self.key, &item, before)));
            let equal = |(_, live): &(usize, &Json)| self.equal(&path.index(index), item, live, known);
            match unmatched.iter().position(equal) {
                Some(position) => drop(unmatched.remove(position)),
                None => surplus.push((index, item)),
            }
        }
        if let Some(key) = key {
            surplus.retain(|(index, item)| {
                let name = key.of_desired(item);
                let of_name = |(_, live): &(usize, &Json)| name.is_some() && key.of_live(live) == name.as_ref();
                let Some(position) = unmatched.iter().position(of_name) else { return true };
                let (_, live) = unmatched.remove(position);
                self.value(&path.index(*index), item, Some(live), key.find(before, name.as_ref()), found);
                false
            });
        }
        if let ([(index, item)], [(_, live)]) = (surplus.as_slice(), unmatched.as_slice()) {
            let before = before.get(*index);
            return self.value(&path.index(*index), item, Some(live), before, found);
        }
        for (index, item) in surplus {
            let known = item.to_json();
            let before =
                known.as_ref().and_then(|item| before.iter().find(|before| fingerprint::equal(self.key, item, before)));
            self.differs(&path.index(index), item, None, before, found);
        }
        for (index, live) in unmatched {
            let before = before.iter().find(|before| fingerprint::equal(self.key, live, before));
            self.surplus(&path.index(index), live, before, found);
        }
    }

    fn equal(&self, path: &PropertyPath, desired: &Value, live: &Json, before: Option<&Json>) -> bool {
        let mut found = Vec::new();
        self.value(path, desired, Some(live), before, &mut found);
        found.is_empty()
    }

    fn differs(
        &self,
        path: &PropertyPath,
        desired: &Value,
        live: Option<&Json>,
        before: Option<&Json>,
        found: &mut Vec<Difference>,
    ) {
        // What is not known yet may stay as it was: then only a live value that nobody wrote is a difference of its own.
        let is_drift = |before: &Json| match desired.to_json() {
            Some(desired) => fingerprint::equal(self.key, &desired, before),
            None if fingerprint::is_in(before) => live.is_none_or(|live| !fingerprint::equal(self.key, live, before)),
            None => live.is_none_or(|live| !self.equal(path, &Value::from(before.clone()), live, Some(before))),
        };
        let cause = if before.is_some_and(is_drift) { Cause::Drift } else { Cause::Changed };
        found.push(Difference {
            path: path.clone(),
            before: Shown::live(live),
            after: self.disclosure.shown(path, desired),
            cause,
            replaces: self.disclosure.schema.replaces(path, live, desired.to_json().as_ref()),
        });
    }

    /// An item of a list that AWS has and the file has not.
    fn surplus(&self, path: &PropertyPath, live: &Json, before: Option<&Json>, found: &mut Vec<Difference>) {
        found.push(Difference {
            path: path.clone(),
            before: Shown::live(Some(live)),
            after: Shown::Absent,
            cause: if before.is_some() { Cause::Changed } else { Cause::Drift },
            replaces: self.disclosure.schema.is_create_only(path),
        });
    }

    fn removed(&self, path: &PropertyPath, before: &Json, live: Option<&Json>, found: &mut Vec<Difference>) {
        let is_default =
            |live: &Json| self.disclosure.schema.default(path).is_some_and(|default| documents_equal(default, live));
        let Some(live) = live.filter(|live| !is_empty_json(live) && !is_default(live)) else { return };
        if is_empty_json(before) {
            return;
        }
        found.push(Difference {
            path: path.clone(),
            before: Shown::live(Some(live)),
            after: Shown::Default,
            cause: Cause::Removed,
            replaces: self.disclosure.schema.is_create_only(path),
        });
    }
}

/// A value that AWS does not show and the file no longer says: it goes back to the default, once.
/// True if every item is `{Key, Value}`.
fn is_keyed(desired: &[Value], live: &[Json]) -> bool {
    let pair = |item: &Value| matches!(item, Value::Map(entries) if entries.len() == 2 && entries.contains_key("Key") && entries.contains_key("Value"));
    let live_pair = |item: &Json| item.get("Key").is_some() && item.get("Value").is_some();
    !desired.is_empty() && desired.iter().all(pair) && live.iter().all(live_pair)
}

fn is_empty(value: &Value) -> bool {
    value.to_json().is_some_and(|json| is_empty_json(&json))
}

fn is_empty_json(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::Array(items) => items.is_empty(),
        Json::Object(entries) => entries.is_empty(),
        Json::String(text) => text.is_empty(),
        _ => false,
    }
}
