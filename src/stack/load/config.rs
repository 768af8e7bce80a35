use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::config_order::ConfigOrder;
use super::overrides::Override;
use super::secret_entry::SecretEntry;
use crate::encryption::Ciphertext;
use crate::stack::SecretConfig;
use crate::stack::diagnostic::{Diagnostic, Problems, did_you_mean};
use crate::stack::document::Entry;
use crate::stack::expression::{Engine, Frame};
use crate::stack::scope::NothingKnown;
use crate::stack::template::{Evaluation, Template, TemplateCompiler};
use crate::value::{Unknown, Value};

/// The values of `config`.
pub(super) struct Config {
    values: Value,
    /// What is made of other values, each after those that it reads.
    computed: Vec<(String, Template)>,
    /// What stands in the place of secrets, by dotted key.
    secrets: Vec<(String, Value)>,
}

impl Config {
    /// As written, with expressions over `stack` evaluated; what reads other values waits for `compute`.
    pub fn read(
        entries: IndexMap<String, Entry>,
        engine: &Engine,
        compiler: &mut TemplateCompiler,
        problems: &mut Problems,
    ) -> Self {
        let templates: IndexMap<String, Template> =
            entries.into_iter().map(|(key, entry)| (key, compiler.template(entry.node, problems))).collect();
        let order = ConfigOrder::of(&templates, problems);
        let frame = Frame { each: None, scope: &NothingKnown, lenient: false };
        let mut values = IndexMap::with_capacity(templates.len());
        let mut computed = Vec::new();
        for (key, template) in templates {
            let value = match order.is_plain(&key) {
                true => Evaluation { engine, frame, problems }.value(&template),
                false => Value::Null,
            };
            values.insert(key.clone(), value);
            if let Some(position) = order.position(&key) {
                computed.push((position, key, template));
            }
        }
        computed.sort_unstable_by_key(|(position, ..)| *position);
        let computed = computed.into_iter().map(|(_, key, template)| (key, template)).collect();
        Self { values: Value::Map(values), computed, secrets: Vec::new() }
    }

    /// Evaluates what is made of other values. Gives the keys of all that is secret: that of `secrets`, and what is made of it.
    pub fn compute(
        &mut self,
        engine: &mut Engine,
        (overrides, secrets): (&[Override], &[SecretEntry]),
        problems: &mut Problems,
    ) -> Vec<String> {
        let mut secret: Vec<String> = secrets.iter().map(|secret| secret.key.clone()).collect();
        let frame = Frame { each: None, scope: &NothingKnown, lenient: false };
        for (key, template) in std::mem::take(&mut self.computed) {
            engine.set_config(self.values.clone(), secret.iter().map(String::as_str));
            if reads_secret(&template, engine) {
                secret.push(key.clone());
            }
            let value = Evaluation { engine, frame, problems }.value(&template);
            if let Some(place) = self.at(&key) {
                *place = value;
            }
            self.place_secrets(&key);
            let inside = |replacement: &&Override| replacement.key.split('.').next() == Some(key.as_str());
            overrides.iter().filter(inside).for_each(|replacement| self.put_override(replacement, secrets, problems));
        }
        secret
    }

    fn is_computed(&self, key: &str) -> bool {
        let first = key.split('.').next().unwrap_or(key);
        self.computed.iter().any(|(computed, _)| computed == first)
    }

    /// Puts the secrets of one key, or of what is in it, into their places.
    fn place_secrets(&mut self, key: &str) {
        for (at, value) in self.secrets.clone() {
            let is_inside = at == key || at.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
            if let Some(place) = is_inside.then(|| self.at(&at)).flatten() {
                *place = value;
            }
        }
    }

    /// Puts the secrets in: what `--set` gives, else what is decrypted. Returns those that are not known.
    pub fn put_secrets(
        &mut self,
        secrets: &[SecretEntry],
        overrides: &[Override],
        plaintexts: &HashMap<Ciphertext, String>,
        engine: &Engine,
        problems: &Problems,
    ) -> Vec<SecretConfig> {
        let mut unknown = Vec::new();
        for secret in secrets {
            let given = overrides.iter().rev().find(|given| given.key == secret.key).map(|given| &given.text);
            let given = given.filter(|text| !text.is_empty());
            let plaintext = given.or_else(|| plaintexts.get(secret.ciphertext.as_ref()?));
            let value = match plaintext {
                Some(text) => {
                    engine.secrets.add(text);
                    Value::String(text.clone())
                }
                None => {
                    unknown.push(missing(secret, problems));
                    let expression = format!("${{config.{}}}", secret.key);
                    Value::Unknown(Unknown { expression, waits_for: Vec::new() })
                }
            };
            self.secrets.push((secret.key.clone(), value));
            self.place_secrets(&secret.key);
        }
        unknown
    }

    /// Puts the other overrides in the place of values that the file has; those of computed ones come with them.
    pub fn put_overrides(&mut self, overrides: &[Override], secrets: &[SecretEntry], problems: &mut Problems) {
        for replacement in overrides {
            if !self.is_computed(&replacement.key) {
                self.put_override(replacement, secrets, problems);
            }
        }
    }

    fn put_override(&mut self, replacement: &Override, secrets: &[SecretEntry], problems: &mut Problems) {
        if secrets.iter().any(|secret| secret.key == replacement.key) {
            return;
        }
        match secrets.iter().find(|secret| secret.key.starts_with(&format!("{}.", replacement.key))) {
            Some(secret) => problems.push(around_secret(replacement, secret)),
            None => put_in(&mut self.values, replacement, problems),
        }
    }

    /// What is known of it.
    pub fn known(&self) -> Map<String, Json> {
        match known(&self.values) {
            Some(Json::Object(entries)) => entries,
            _ => Map::new(),
        }
    }

    pub fn into_value(self) -> Value {
        self.values
    }

    fn at(&mut self, key: &str) -> Option<&mut Value> {
        key.split('.').try_fold(&mut self.values, |value, part| match value {
            Value::Map(entries) => entries.get_mut(part),
            _ => None,
        })
    }
}

fn missing(secret: &SecretEntry, problems: &Problems) -> SecretConfig {
    let key = &secret.key;
    let (message, help) = match secret.ciphertext {
        Some(_) => (format!("`config.{key}` is encrypted and was not decrypted"), None),
        None => {
            let help = format!("give it with `--set {key}=…`, or as the environment variable {}", variable(key));
            (format!("`config.{key}` is secret, and its value is not given"), Some(help))
        }
    };
    let missing = problems.source.error(secret.span, message).suggest(help);
    SecretConfig { key: key.clone(), ciphertext: secret.ciphertext.clone(), variable: variable(key), missing }
}

/// A whole map given from outside would bring its secret in as a plain value.
fn around_secret(replacement: &Override, secret: &SecretEntry) -> Diagnostic {
    let message = format!("`{}` holds the secret `{}`, so it is not replaced as a whole", replacement.key, secret.key);
    replacement.error(message).suggest(Some(format!("give each value: `--set {}=…`", secret.key)))
}

/// `INFRA_CONFIG_DATABASE__PASSWORD` for `database.password`.
fn variable(key: &str) -> String {
    format!("INFRA_CONFIG_{}", key.replace('.', "__").to_uppercase())
}

fn known(value: &Value) -> Option<Json> {
    match value {
        Value::Map(entries) => {
            let known = entries.iter().filter_map(|(key, value)| Some((key.clone(), known(value)?)));
            Some(Json::Object(known.collect()))
        }
        value => value.to_json(),
    }
}

fn reads_secret(template: &Template, engine: &Engine) -> bool {
    let mut expressions = Vec::new();
    template.expressions(&mut expressions);
    let references = expressions.iter().flat_map(|(.., expression)| &expression.references);
    references
        .filter(|reference| reference.root == "config")
        .any(|reference| engine.reads_secret_config(reference, None))
}

fn put_in(config: &mut Value, replacement: &Override, problems: &mut Problems) {
    let mut at = config;
    if replacement.key.split('.').any(str::is_empty) {
        let help = Some("write `--set key=value`, or `--set outer.inner=value`".to_owned());
        let what = if replacement.key.is_empty() { "`--set` has no key" } else { "a part of the key is missing" };
        return problems.push(replacement.error(what).suggest(help));
    }
    for key in replacement.key.split('.') {
        let Value::Map(entries) = at else {
            return problems
                .push(replacement.error(format!("`config` has no `{}`: it ends before `{key}`", replacement.key)));
        };
        if !entries.contains_key(key) {
            let suggestion = did_you_mean(key, entries.keys().map(String::as_str));
            let help =
                suggestion.or_else(|| Some("`--set` replaces values that the stack file's `config` has".to_owned()));
            return problems.push(replacement.error(format!("`config` has no `{key}`")).suggest(help));
        }
        let Some(next) = entries.get_mut(key) else { return };
        at = next;
    }
    *at = replacement.value(at, problems);
}
