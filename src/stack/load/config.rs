use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

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
pub(super) struct Config(Value);

impl Config {
    /// As written, with expressions over `stack` evaluated.
    pub fn read(
        entries: IndexMap<String, Entry>,
        engine: &Engine,
        compiler: &mut TemplateCompiler,
        problems: &mut Problems,
    ) -> Self {
        let frame = Frame { each: None, scope: &NothingKnown, lenient: false };
        let mut values = IndexMap::with_capacity(entries.len());
        for (key, entry) in entries {
            let template = compiler.template(entry.node, problems);
            let value = match only_stack(&template, problems) {
                true => Evaluation { engine, frame, problems }.value(&template),
                false => Value::Null,
            };
            values.insert(key, value);
        }
        Self(Value::Map(values))
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
            if let Some(place) = self.at(&secret.key) {
                *place = value;
            }
        }
        unknown
    }

    /// Puts the other overrides in the place of values that the file has.
    pub fn put_overrides(&mut self, overrides: &[Override], secrets: &[SecretEntry], problems: &mut Problems) {
        let is_secret = |key: &str| secrets.iter().any(|secret| secret.key == key);
        for replacement in overrides.iter().filter(|replacement| !is_secret(&replacement.key)) {
            match secrets.iter().find(|secret| secret.key.starts_with(&format!("{}.", replacement.key))) {
                Some(secret) => problems.push(around_secret(replacement, secret)),
                None => put_in(&mut self.0, replacement, problems),
            }
        }
    }

    /// What is known of it.
    pub fn known(&self) -> Map<String, Json> {
        match known(&self.0) {
            Some(Json::Object(entries)) => entries,
            _ => Map::new(),
        }
    }

    pub fn into_value(self) -> Value {
        self.0
    }

    fn at(&mut self, key: &str) -> Option<&mut Value> {
        key.split('.').try_fold(&mut self.0, |value, part| match value {
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

fn only_stack(template: &Template, problems: &mut Problems) -> bool {
    let before = problems.count();
    let mut expressions = Vec::new();
    template.expressions(&mut expressions);
    for (holder, offset, expression) in expressions {
        for reference in expression.references.iter().filter(|reference| reference.root != "stack") {
            let message = "a value of `config` can only use `stack`";
            let failure = crate::stack::expression::Failure::new(reference.offset, reference.root.len(), message);
            problems.push(holder.diagnose(&problems.source, offset, &failure));
        }
    }
    problems.count() == before
}

fn put_in(config: &mut Value, replacement: &Override, problems: &mut Problems) {
    let value = replacement.value(problems);
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
    *at = value;
}
