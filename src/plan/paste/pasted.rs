use indexmap::IndexMap;
use serde_json::Value as Json;

use super::References;
use super::defaults::without_defaults;
use super::fit::made_fit;
use super::writable::writable;
use crate::plan::adoption::Found;
use crate::resources::{Driver, Properties};
use crate::schema::{Asked, PathSegment, PropertyPath, ResourceSchema, Subject};
use crate::stack::{literal, yaml_block};
use crate::value::Value;

/// The widest line of a comment.
const WIDTH: usize = 100;

/// A resource of a stack file that describes a live object.
pub struct Pasted {
    pub name: String,
    type_name: &'static str,
    /// Where the object is, if not in the stack's region.
    region: Option<String>,
    import: String,
    properties: Properties,
    own_name: Option<&'static str>,
    /// AWS has it in a way that a condition would refuse.
    unchecked: bool,
    /// What a user has to know or to fill in, one sentence each.
    pub notes: Vec<String>,
}

impl Pasted {
    /// Of an object as AWS has it: what can be written and read back, fits the schema, is not AWS's default, and shows no
    /// difference in a plan.
    pub fn of(
        name: String,
        driver: &dyn Driver,
        schema: &ResourceSchema,
        found: &Found,
        region: Option<String>,
    ) -> Self {
        let live = &found.live.properties;
        let mut properties = writable(driver, schema, live);
        let mut notes = made_fit(driver, schema, &mut properties, live);
        let properties = without_defaults(driver, schema, properties, live);
        let unmet = unmet(schema, &properties);
        let unchecked = !unmet.is_empty();
        notes.extend(unmet);
        notes.extend(unreadable(driver, schema));
        let own_name = driver.name_rule().map(|rule| rule.property);
        let import = found.live.id.to_string();
        Self { name, type_name: found.type_name, region, import, properties, own_name, unchecked, notes }
    }

    /// The resource without its name, as values.
    pub fn entry(&self, references: &References) -> IndexMap<String, Value> {
        let text = |text: &str| Value::String(text.to_owned());
        let mut entry = IndexMap::from([("type".to_owned(), text(self.type_name))]);
        entry.extend(self.region.as_deref().map(|region| ("region".to_owned(), text(region))));
        entry.insert("import".to_owned(), text(&self.import));
        if self.unchecked {
            entry.insert("unchecked".to_owned(), Value::Bool(true));
        }
        if !self.properties.is_empty() {
            let properties = references.put_into(self.properties.clone(), self.own_name);
            entry.insert("properties".to_owned(), Value::Map(properties));
        }
        entry
    }

    /// As `entry`, as a stack file in JSON would have it.
    pub fn json(&self, references: &References) -> Json {
        Json::Object(self.entry(references).iter().map(|(name, value)| (name.clone(), written(value))).collect())
    }

    /// The resource as it stands under `resources`, with its notes as comments before it.
    pub fn yaml(&self, references: &References, indentation: usize) -> String {
        let comment = |line: String| format!("{:indentation$}# {line}\n", "");
        let comments: String = self.notes.iter().flat_map(|note| wrapped(note)).map(comment).collect();
        comments + &yaml_block([(&self.name, &Value::Map(self.entry(references)))], indentation)
    }
}

/// Texts are literal, and what is unknown is its expression.
fn written(value: &Value) -> Json {
    match value {
        Value::String(text) => literal(text).into(),
        Value::Unknown(unknown) => unknown.expression.as_str().into(),
        Value::List(items) => items.iter().map(written).collect(),
        Value::Map(entries) => entries.iter().map(|(name, value)| (name.clone(), written(value))).collect(),
        other => other.to_json().unwrap_or_default(),
    }
}

/// What would be refused of a new object and stands in AWS all the same.
fn unmet(schema: &ResourceSchema, properties: &Properties) -> Vec<String> {
    let properties = Value::from(Json::Object(properties.clone()));
    let unmet = schema.unmet_conditions(Asked::Alone, &Subject::alone(&properties));
    unmet.into_iter().map(|violation| format!("Hence `unchecked`: {}", violation.message)).collect()
}

/// What AWS never gives back and could be changed, so that whoever needs it has to write it.
fn unreadable(driver: &dyn Driver, schema: &ResourceSchema) -> Option<String> {
    let is_supported = |path: &&PropertyPath| {
        !driver.unsupported().iter().any(|pointer| PropertyPath::from_pointer(pointer).covers(path))
    };
    let is_one = |path: &&PropertyPath| !path.segments().contains(&PathSegment::Any) && path.segments().len() == 1;
    let hidden = schema.write_only().iter().filter(is_one).filter(is_supported);
    let hidden: Vec<String> = hidden.filter(|path| !schema.is_create_only(path)).map(ToString::to_string).collect();
    (!hidden.is_empty())
        .then(|| format!("Never read back, so not here: {}. Write what infra is to set.", hidden.join(", ")))
}

/// The text in lines of at most `WIDTH` characters, broken at blanks.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut().filter(|line| line.len() + word.len() < WIDTH) {
            Some(line) => *line = format!("{line} {word}"),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}
