use indexmap::IndexMap;

use crate::stack::diagnostic::{Problems, did_you_mean};
use crate::stack::document::Entry;
use crate::stack::expression::{Engine, Frame};
use crate::stack::load::overrides::Override;
use crate::stack::scope::NothingKnown;
use crate::stack::template::{Evaluation, Template, TemplateCompiler};
use crate::value::Value;

/// The config's values: as written, expressions over `stack` evaluated, overrides put in.
pub(super) fn read_config(
    entries: IndexMap<String, Entry>,
    overrides: &[Override],
    engine: &Engine,
    compiler: &mut TemplateCompiler,
    problems: &mut Problems,
) -> Value {
    let frame = Frame { each: None, scope: &NothingKnown, lenient: false };
    let mut values = IndexMap::with_capacity(entries.len());
    for (key, entry) in entries {
        let template = compiler.template(entry.node, problems);
        let value = if only_stack(&template, problems) {
            Evaluation { engine, frame, problems }.value(&template)
        } else {
            Value::Null
        };
        values.insert(key, value);
    }
    let mut config = Value::Map(values);
    for replacement in overrides {
        put_in(&mut config, replacement, problems);
    }
    config
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

/// Puts an override in the place of a value that the file has.
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
    *at = replacement.value.clone();
}
