use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use strum::VariantNames;

use super::Declaration;
use super::declaration::OPTIONS;
use super::duration::duration;
use super::region::check_region;
use crate::address::Address;
use crate::resources::{OnDelete, ReplaceOrder};
use crate::stack::diagnostic::{Problems, did_you_mean};
use crate::stack::expression::{Each, Engine, Frame};
use crate::stack::resource::Resource;
use crate::stack::scope::NothingKnown;
use crate::stack::template::{Evaluation, Template, TemplateKind};
use crate::value::Value;

const REPLACE_ORDERS: &[&str] = &["create_first", "delete_first"];

/// Makes one member of a declaration: its options evaluated and typed. What it depends on is filled in later.
pub(super) fn resource(
    address: Address,
    each: Option<Each>,
    declaration: &Arc<Declaration>,
    engine: &Engine,
    problems: &mut Problems,
) -> Resource {
    let mut options = Options { declaration, each: each.as_ref(), engine, problems };
    options.check_import();
    let resource = Resource {
        type_name: declaration.type_name.clone(),
        depends_on: BTreeSet::new(),
        region: options.region(),
        protect: options.flag("protect"),
        on_delete: options.word("on_delete", OnDelete::VARIANTS, |word| OnDelete::from_str(word).ok()),
        ignore_changes: options.texts("ignore_changes"),
        replace: options.word("replace", REPLACE_ORDERS, replace_order),
        moved_from: options.moved_from(),
        timeout: options.timeout(),
        unchecked: options.flag("unchecked").unwrap_or_default(),
        declaration: Arc::clone(declaration),
        address,
        each: None,
    };
    Resource { each, ..resource }
}

fn replace_order(word: &str) -> Option<ReplaceOrder> {
    match word {
        "create_first" => Some(ReplaceOrder::CreateFirst),
        "delete_first" => Some(ReplaceOrder::DeleteFirst),
        _ => None,
    }
}

/// What is wrong with an option that is made of a secret.
fn secret_option(option: &str) -> String {
    format!("`{option}` stands in plans and in state for everybody to see, so it cannot hold a secret")
}

struct Options<'a> {
    declaration: &'a Declaration,
    each: Option<&'a Each>,
    engine: &'a Engine,
    problems: &'a mut Problems,
}

impl Options<'_> {
    /// The option's value; `None` where it is not written, is null, or has errors.
    fn value(&mut self, option: &str) -> Option<(Value, &Template)> {
        debug_assert!(OPTIONS.contains(&option), "{option} is no option");
        let template = self.declaration.options.get(option)?;
        if matches!(template.kind, TemplateKind::Null) {
            self.problems.error(template.span, format!("`{option}` has no value"));
            return None;
        }
        let before = self.problems.count();
        let frame = Frame { each: self.each, scope: &NothingKnown, lenient: false };
        let mut evaluation = Evaluation { engine: self.engine, frame, problems: self.problems };
        let (is_secret, value) = (evaluation.reads_secret(template), evaluation.value(template));
        // A condition on a secret is none, and what is not known yet may be one.
        let may_be_condition = matches!(value, Value::Bool(_)) || !value.is_known() && template.is_one_expression();
        if is_secret && !may_be_condition {
            self.problems.error(template.span, secret_option(option));
        }
        (self.problems.count() == before && value.is_known() && value != Value::Null).then_some((value, template))
    }

    fn text(&mut self, option: &str) -> Option<String> {
        let (value, template) = self.value(option)?;
        let span = template.span;
        match value {
            Value::String(text) => Some(text),
            Value::Number(number) => {
                let written = self.problems.source.slice(span);
                let suggestion = match option {
                    "timeout" => format!("write `{number}m`"),
                    _ => format!(
                        "quote it: \"{}\"",
                        if written.contains('$') { number.to_string() } else { written.to_owned() }
                    ),
                };
                let wanted = if option == "timeout" { "a duration" } else { "a text" };
                self.problems.error_with(span, format!("`{option}` must be {wanted}"), Some(suggestion));
                None
            }
            _ => {
                self.problems.error(span, format!("`{option}` must be a text"));
                None
            }
        }
    }

    fn flag(&mut self, option: &str) -> Option<bool> {
        let (value, template) = self.value(option)?;
        let span = template.span;
        match value {
            Value::Bool(flag) => Some(flag),
            _ => {
                self.problems.error(span, format!("`{option}` must be true or false"));
                None
            }
        }
    }

    fn word<T>(&mut self, option: &str, words: &[&str], read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(option)?;
        let read = read(&text);
        if read.is_none()
            && let Some(template) = self.declaration.options.get(option)
        {
            let suggestion = did_you_mean(&text, words.iter().copied());
            self.problems.error_with(
                template.span,
                format!("`{option}` must be one of {}", words.join(", ")),
                suggestion,
            );
        }
        read
    }

    /// A text, or a list of texts.
    fn texts(&mut self, option: &str) -> Vec<String> {
        let Some((value, template)) = self.value(option) else { return Vec::new() };
        let span = template.span;
        let texts = match value {
            Value::String(text) => Some(vec![text]),
            Value::List(items) => {
                let texts =
                    items.into_iter().map(|item| if let Value::String(text) = item { Some(text) } else { None });
                texts.collect()
            }
            _ => None,
        };
        texts.unwrap_or_else(|| {
            self.problems.error(span, format!("`{option}` must be a text or a list of texts"));
            Vec::new()
        })
    }

    /// An id is evaluated when the plan asks for it, because it may use the account; what is no text, or a secret, shows
    /// now.
    fn check_import(&mut self) {
        let Some(template) = self.declaration.options.get("import") else { return };
        if !matches!(template.kind, TemplateKind::Dynamic(_)) {
            self.text("import");
            return;
        }
        let frame = Frame { each: self.each, scope: &NothingKnown, lenient: true };
        if (Evaluation { engine: self.engine, frame, problems: self.problems }).reads_secret(template) {
            self.problems.error(template.span, secret_option("import"));
        }
    }

    fn region(&mut self) -> Option<String> {
        let region = self.text("region")?;
        let complaint = check_region(&region).err();
        if let (Some((message, suggestion)), Some(template)) = (complaint, self.declaration.options.get("region")) {
            self.problems.error_with(template.span, message, suggestion);
        }
        Some(region)
    }

    fn timeout(&mut self) -> Option<Duration> {
        let text = self.text("timeout")?;
        let timeout = duration(&text, 'm', "30m");
        if let (Err((message, suggestion)), Some(template)) = (&timeout, self.declaration.options.get("timeout")) {
            self.problems.error_with(template.span, message, suggestion.clone());
        }
        timeout.ok()
    }

    /// The earlier addresses. A plain name under `for_each` stands for that name's member of the same key, so that a
    /// whole group can be renamed; one made with `each` is an address as it is.
    fn moved_from(&mut self) -> Vec<Address> {
        let template = self.declaration.options.get("moved_from");
        let uses_each = template.is_some_and(|template| template.refers_to("each"));
        let key = self.each.map(|each| each.key().to_owned());
        let address = |text: String| match &key {
            Some(key) if !uses_each && !text.contains('[') => Address::member(&text, key),
            _ => Address::new(text),
        };
        self.texts("moved_from").into_iter().map(address).collect()
    }
}
