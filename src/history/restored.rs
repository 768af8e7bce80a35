use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value as Json, json};

use super::cover::{line_forms, written_forms};
use super::{MissingSecret, Placeholder};
use crate::secrets::Secrets;
use crate::stack::StackInputs;
use crate::state::FingerprintKey;

/// A record's inputs with today's secrets in the places of its placeholders.
#[derive(Debug)]
pub struct Restored {
    pub inputs: StackInputs,
    /// The secrets that were put in, each as it stands there.
    pub secrets: BTreeSet<String>,
    /// Secrets that an evaluation would need and nobody gives.
    pub missing: Vec<MissingSecret>,
}

impl Restored {
    /// `overrides` go before the record's own, and give secrets that nothing else has.
    pub fn of(inputs: &StackInputs, overrides: &[(String, String)], secrets: &Secrets, key: &FingerprintKey) -> Self {
        let known = known(secrets, overrides, key);
        let mut used = BTreeSet::new();
        let mut fill = |text: &str| {
            used.extend(Placeholder::all(text).iter().filter_map(|one| known.get(&one.to_string()).cloned()));
            Placeholder::replace_all(text, |one| known.get(&one.to_string()).cloned())
        };
        let text = fill(&inputs.text);
        let files: BTreeMap<String, String> =
            inputs.files.iter().map(|(path, text)| (path.clone(), fill(text))).collect();
        let kept = inputs.overrides.iter().filter(|(key, _)| !is_given(key, overrides));
        let kept = kept.map(|(key, value)| (key.clone(), fill(value)));
        // Whoever evaluates asks for a secret that is required and not there, and knows where else it may come from.
        let is_asked_for = |key: &str, value: &str| !Placeholder::all(value).is_empty() && is_required(&text, key);
        let kept: Vec<(String, String)> = kept.filter(|(key, value)| !is_asked_for(key, value)).collect();
        let overrides = kept.into_iter().chain(overrides.iter().cloned()).collect();
        let inputs = StackInputs { file: inputs.file.clone(), text, files, overrides };
        Self { missing: missing(&inputs), inputs, secrets: used }
    }
}

/// What can be put in the place of which placeholder.
fn known(secrets: &Secrets, overrides: &[(String, String)], key: &FingerprintKey) -> HashMap<String, String> {
    let given = overrides.iter().map(|(_, value)| value.clone());
    let whole: Vec<String> = secrets.all().into_iter().chain(given).collect();
    let forms = |secret: &String| written_forms(secret).into_iter().chain(line_forms(secret));
    let written = whole.iter().flat_map(forms).collect::<BTreeSet<_>>();
    written.into_iter().map(|form| (Placeholder::of(&form, key).to_string(), form)).collect()
}

/// True if an override gives this key of `config`, or something that it is part of.
fn is_given(key: &str, overrides: &[(String, String)]) -> bool {
    overrides
        .iter()
        .any(|(given, _)| key == given || key.strip_prefix(given.as_str()).is_some_and(|rest| rest.starts_with('.')))
}

/// True for a `{ secret: required }` of `config`.
fn is_required(text: &str, key: &str) -> bool {
    let document = serde_yaml::from_str::<Json>(text).unwrap_or_default();
    let entry = key.split('.').try_fold(&document["config"], |value, part| value.get(part));
    entry.is_some_and(|entry| *entry == json!({"secret": "required"}))
}

fn missing(inputs: &StackInputs) -> Vec<MissingSecret> {
    let mut missing = in_stack_file(inputs);
    for (key, value) in &inputs.overrides {
        if !Placeholder::all(value).is_empty() {
            missing.push(MissingSecret { place: format!("--set {key}"), config_key: Some(key.clone()) });
        }
    }
    for (path, text) in &inputs.files {
        if !Placeholder::all(text).is_empty() {
            missing.push(MissingSecret { place: path.clone(), config_key: None });
        }
    }
    missing
}

/// The places by their keys. What stands in a comment is nothing that an evaluation needs.
fn in_stack_file(inputs: &StackInputs) -> Vec<MissingSecret> {
    if Placeholder::all(&inputs.text).is_empty() {
        return Vec::new();
    }
    let Ok(document) = serde_yaml::from_str::<Json>(&inputs.text) else {
        return vec![MissingSecret { place: inputs.file.clone(), config_key: None }];
    };
    let mut paths = Vec::new();
    collect(&document, String::new(), &mut paths);
    let missing = paths.into_iter().map(|path| {
        // What stands in a list can only be given with the whole list.
        let config_key = path.strip_prefix("config.").and_then(|key| key.split('[').next()).map(str::to_owned);
        MissingSecret { place: path, config_key }
    });
    let is_replaced = |one: &MissingSecret| one.config_key.as_ref().is_some_and(|key| is_given(key, &inputs.overrides));
    missing.filter(|one| !is_replaced(one)).collect()
}

fn collect(value: &Json, path: String, paths: &mut Vec<String>) {
    let inside = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Json::Object(entries) => entries.iter().for_each(|(name, value)| collect(value, inside(name), paths)),
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect(item, format!("{path}[{index}]"), paths));
        }
        Json::String(text) if !Placeholder::all(text).is_empty() => paths.push(path),
        _ => {}
    }
}
