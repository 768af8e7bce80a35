use indexmap::IndexMap;

use super::check::Place;
use super::loader::{Declarations, Loader};
use crate::schema::reserved_tag;
use crate::stack::document::Entry;
use crate::stack::expression::Frame;
use crate::stack::scope::NothingKnown;
use crate::stack::template::{Evaluation, TemplateCompiler};
use crate::value::Value;

const TAG_KEY_LENGTH: usize = 128;
const TAG_VALUE_LENGTH: usize = 256;

/// The stack's own tags.
impl Loader {
    pub(super) fn tags(
        &mut self,
        entries: IndexMap<String, Entry>,
        compiler: &mut TemplateCompiler,
        declarations: &Declarations,
    ) -> IndexMap<String, String> {
        let mut tags = IndexMap::with_capacity(entries.len());
        for (key, entry) in entries {
            let template = compiler.template(entry.node, &mut self.problems);
            let why = "the stack's tags are decided before anything is created";
            if !self.check(&template, Place { no_resources: Some(why), each: false, whole: false }, declarations) {
                continue;
            }
            let before = self.problems.count();
            let frame = Frame { each: None, scope: &NothingKnown, lenient: false };
            let value = Evaluation { engine: &self.engine, frame, problems: &mut self.problems }.value(&template);
            if self.problems.count() > before || !value.is_known() {
                continue;
            }
            match tag(&key, &value) {
                Ok(text) => drop(tags.insert(key, text)),
                Err(message) => self.problems.error(entry.key, message),
            }
        }
        tags
    }
}

/// A tag's value as text.
fn tag(key: &str, value: &Value) -> Result<String, String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return Err(format!("the value of the tag `{key}` must be a text")),
    };
    if let Some(message) = reserved_tag(key) {
        return Err(message);
    }
    if key.chars().count() > TAG_KEY_LENGTH || text.chars().count() > TAG_VALUE_LENGTH {
        return Err(format!(
            "a tag has at most {TAG_KEY_LENGTH} characters in its key and {TAG_VALUE_LENGTH} in its value"
        ));
    }
    Ok(text)
}
