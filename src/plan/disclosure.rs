use std::collections::HashSet;

use serde_json::Value as Json;

use super::{Cause, Difference, Shown, fingerprint};
use crate::resources::Properties;
use crate::schema::{PropertyPath, ResourceSchema};
use crate::secrets::Secrets;
use crate::state::{Fingerprint, FingerprintKey};
use crate::value::Value;

/// What may be seen of a type's properties: not what AWS never gives back, and no secret that an expression brought in.
#[derive(Clone, Copy)]
pub struct Disclosure<'a> {
    pub schema: &'a ResourceSchema,
    pub secrets: &'a Secrets,
}

impl Disclosure<'_> {
    /// The properties as state may hold them: each secret as its fingerprint.
    pub fn redacted(&self, key: &FingerprintKey, properties: &Properties) -> Properties {
        let fingerprint = |value: &Json| key.fingerprint(value).to_json();
        let mut redacted = properties.clone();
        for (name, value) in &mut redacted {
            self.replace(Some(&PropertyPath::root().key(name)), value, &fingerprint);
        }
        redacted
    }

    /// A desired value as people may see it.
    pub fn shown(&self, path: &PropertyPath, value: &Value) -> Shown {
        match Shown::desired(value) {
            Shown::Known(json) | Shown::Partly(json) if fingerprint::is_in(&json) => Shown::Secret,
            Shown::Known(json) => match self.masked(path, json) {
                Json::String(text) if text == Secrets::MASK => Shown::Secret,
                json => Shown::Known(json),
            },
            Shown::Partly(json) => match self.masked(path, json) {
                Json::String(text) if text == Secrets::MASK => Shown::Secret,
                json => Shown::Partly(json),
            },
            _ if self.schema.is_hidden(path) => Shown::Secret,
            other => other,
        }
    }

    /// Every written property of a new object, for those who want to see them.
    pub fn as_new(&self, desired: &Value) -> Vec<Difference> {
        let Value::Map(entries) = desired else { return Vec::new() };
        let difference = |(name, value): (&String, &Value)| {
            let path = PropertyPath::root().key(name);
            let after = self.shown(&path, value);
            Difference { path, before: Shown::Absent, after, cause: Cause::Changed, replaces: false }
        };
        entries.iter().map(difference).collect()
    }

    /// Covers what AWS has now in a property that holds secrets, now or when it was written last: an old secret is known
    /// to nobody any more, so only what is surely none is shown.
    pub fn cover(&self, found: &mut [Difference], desired: Option<&Value>, before: Option<&Json>) {
        if found.is_empty() {
            return;
        }
        let mut plain = HashSet::new();
        let mut has_secret = before.is_some_and(fingerprint::is_in);
        if let Some(before) = before {
            Value::from(before.clone()).texts(&mut |text| {
                plain.insert(text.to_owned());
            });
        }
        if let Some(desired) = desired {
            desired.texts(&mut |text| {
                let is_secret = self.secrets.has(text);
                has_secret |= is_secret;
                if !is_secret {
                    plain.insert(text.to_owned());
                }
            });
        }
        for difference in found.iter_mut().filter(|_| has_secret) {
            if let Shown::Known(json) = &mut difference.before {
                difference.before = match covered(json, &|text| plain.contains(text) && !self.secrets.has(text)) {
                    Json::String(text) if text == Secrets::MASK => Shown::Secret,
                    json => Shown::Known(json),
                };
            }
        }
    }

    fn masked(&self, path: &PropertyPath, mut json: Json) -> Json {
        self.replace(Some(path), &mut json, &|_| Secrets::MASK.into());
        json
    }

    /// `path` is `None` where nothing is hidden any deeper: then nobody asks for the way there.
    fn replace(&self, path: Option<&PropertyPath>, value: &mut Json, by: &dyn Fn(&Json) -> Json) {
        if Fingerprint::of_json(value).is_some() {
            return;
        }
        if path.is_some_and(|path| self.schema.is_hidden(path)) {
            *value = by(value);
            return;
        }
        let path = path.filter(|path| self.schema.hides_in(path));
        match value {
            Json::Object(entries) => {
                entries.iter_mut().for_each(|(name, value)| {
                    self.replace(path.map(|path| path.key(name)).as_ref(), value, by);
                });
            }
            Json::Array(items) => {
                items.iter_mut().enumerate().for_each(|(index, value)| {
                    self.replace(path.map(|path| path.index(index)).as_ref(), value, by);
                });
            }
            scalar if !self.secrets.is_empty() => *scalar = self.secrets.with_secrets(scalar, by),
            _ => {}
        }
    }
}

fn covered(json: &Json, is_plain: &dyn Fn(&str) -> bool) -> Json {
    match json {
        Json::Object(entries) => {
            Json::Object(entries.iter().map(|(name, value)| (name.clone(), covered(value, is_plain))).collect())
        }
        Json::Array(items) => Json::Array(items.iter().map(|item| covered(item, is_plain)).collect()),
        Json::String(text) if !is_plain(text) => Secrets::MASK.into(),
        Json::Number(number) if !is_plain(&number.to_string()) => Secrets::MASK.into(),
        scalar => scalar.clone(),
    }
}
