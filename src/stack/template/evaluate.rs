use std::collections::BTreeSet;

use super::{Dynamic, Part, Template, TemplateKind};
use crate::address::Address;
use crate::stack::diagnostic::Problems;
use crate::stack::expression::{Engine, Expression, Failure, Frame, Outcome};
use crate::value::{Unknown, Value};

/// How many lists and maps may stand inside each other in what an expression gives. With the levels of the file around them they
/// stay below the 128 that `serde_json` reads back from state.
const DEEPEST: usize = 48;
/// More bytes than any property takes; the largest is a Lambda function's code, with 4 MB. Values of `config` that repeat each other must not fill the memory.
const HEAVIEST: usize = 6 * 1024 * 1024;
const TOO_LARGE: &str = "this is larger than 6 MiB, which no property takes";

/// Evaluates templates in one frame. What is wrong goes to `problems`.
pub(in crate::stack) struct Evaluation<'a> {
    pub engine: &'a Engine,
    pub frame: Frame<'a>,
    pub problems: &'a mut Problems,
}

impl Evaluation<'_> {
    /// The value of properties. An entry that is null, written so or by an expression, is left out as if it were not
    /// written at all.
    pub fn properties(&mut self, template: &Template) -> Value {
        let mut value = self.value(template);
        leave_out_nulls(&mut value);
        value
    }

    pub fn value(&mut self, template: &Template) -> Value {
        match &template.kind {
            TemplateKind::Null => Value::Null,
            TemplateKind::Bool(flag) => Value::Bool(*flag),
            TemplateKind::Number(number) => Value::Number(number.clone()),
            TemplateKind::Text(text) => Value::String(text.clone()),
            TemplateKind::Dynamic(dynamic) => self.dynamic(template, dynamic),
            TemplateKind::List(items) => Value::List(items.iter().map(|item| self.value(item)).collect()),
            TemplateKind::Map(entries) => {
                let values = entries.iter().map(|(key, entry)| (key.clone(), self.value(&entry.template)));
                Value::Map(values.collect())
            }
        }
    }

    /// True if an expression in it reads a secret, whatever it makes of it.
    pub fn reads_secret(&self, template: &Template) -> bool {
        let mut expressions = Vec::new();
        template.expressions(&mut expressions);
        expressions.iter().any(|(.., expression)| self.engine.reads_secret(expression, self.frame))
    }

    /// The value of a text with expressions, which is a secret if it was made from one.
    fn dynamic(&mut self, template: &Template, dynamic: &Dynamic) -> Value {
        let value = self.joined(template, dynamic);
        if self.reads_secret(template) {
            value.texts(&mut |text| self.engine.secrets.add_made(text));
            if value.has_key(&|key| self.engine.secrets.is_told_by(key)) {
                let help = "let the key be a plain text, and the secret its value".to_owned();
                self.problems.error_with(
                    template.span,
                    "a key of a map cannot hold a secret: keys are shown",
                    Some(help),
                );
            }
        }
        value
    }

    fn joined(&mut self, template: &Template, dynamic: &Dynamic) -> Value {
        let mut text = String::new();
        let mut waits: Option<BTreeSet<Address>> = None;
        let mut is_broken = false;
        for part in &dynamic.parts {
            let (offset, expression) = match part {
                Part::Text(literal) => {
                    text.push_str(literal);
                    continue;
                }
                Part::Expression { offset, expression } => (*offset, expression),
                Part::Broken => {
                    is_broken = true;
                    waits.get_or_insert_default();
                    continue;
                }
            };
            match self.engine.evaluate(expression, self.frame).and_then(|outcome| bounded(outcome, expression)) {
                Ok(Outcome::Waiting(addresses)) => waits.get_or_insert_default().extend(addresses),
                Ok(Outcome::Known(value)) if dynamic.parts.len() == 1 => return value,
                Ok(Outcome::Known(value)) => {
                    if let Err(message) = append(&mut text, &value) {
                        waits.get_or_insert_default();
                        self.fail(template, offset, &Failure::new(0, expression.text.len(), message));
                    }
                }
                // What fails has no value, and nothing more can be said of it than of one that is not known.
                Err(failure) => {
                    is_broken = true;
                    waits.get_or_insert_default();
                    self.fail(template, offset, &failure);
                }
            }
        }
        match waits {
            Some(waits) => {
                // What is wrong is equal to nothing.
                let expression = if is_broken { String::new() } else { dynamic.text.clone() };
                Value::Unknown(Unknown { expression, waits_for: waits.into_iter().collect() })
            }
            None => Value::String(text),
        }
    }

    fn fail(&mut self, template: &Template, offset: usize, failure: &Failure) {
        let diagnostic = template.diagnose(&self.problems.source, offset, failure);
        self.problems.push(diagnostic);
    }
}

fn leave_out_nulls(value: &mut Value) {
    match value {
        Value::Map(entries) => {
            entries.retain(|_, value| *value != Value::Null);
            entries.values_mut().for_each(leave_out_nulls);
        }
        Value::List(items) => items.iter_mut().for_each(leave_out_nulls),
        _ => {}
    }
}

/// The outcome, unless it goes beyond what any property is.
fn bounded(outcome: Outcome, expression: &Expression) -> Result<Outcome, Failure> {
    let failure = |message: String| Failure::new(0, expression.text.len(), message);
    match &outcome {
        Outcome::Known(value) if value.weight() > HEAVIEST => Err(failure(TOO_LARGE.to_owned())),
        Outcome::Known(value) if value.height() > DEEPEST => {
            Err(failure(format!("the value of this expression is nested deeper than {DEEPEST} levels")))
        }
        _ => Ok(outcome),
    }
}

fn append(text: &mut String, value: &Value) -> Result<(), String> {
    let rendered = render(value)?;
    if text.len() + rendered.len() > HEAVIEST {
        return Err(TOO_LARGE.to_owned());
    }
    text.push_str(&rendered);
    Ok(())
}

/// A value inside a text.
fn render(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Null => Err("null has no form in the middle of a text".to_owned()),
        Value::List(_) => Err("a list has no form in the middle of a text: join it, `list.join(\",\")`".to_owned()),
        Value::Map(_) => Err("a map has no form in the middle of a text: `json(…)` makes text of it".to_owned()),
        Value::Unknown(_) => Err("this is not known yet".to_owned()),
    }
}
