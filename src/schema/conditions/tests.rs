use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::condition::Condition;
use super::definition::Definition;
use super::{Asked, Referred, Subject};
use crate::schema::credentials::is_credential;
use crate::schema::fixtures::with_unknowns;
use crate::schema::{Catalog, PathSegment, PropertyPath, ResourceSchema, Violation};

/// All that a condition may say, with its examples.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read so that no other field may stand there")]
struct Whole {
    rule: String,
    when: Option<String>,
    #[serde(default)]
    creation: bool,
    #[serde(default)]
    warning: bool,
    each: Option<PropertyPath>,
    at: Option<PropertyPath>,
    #[serde(default)]
    with: IndexMap<String, PropertyPath>,
    #[serde(default)]
    of: IndexMap<String, String>,
    message: String,
    help: Option<String>,
    source: String,
    refuses: Examples,
    takes: Examples,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Examples {
    Many(Vec<Json>),
    One(Json),
}

impl Examples {
    fn each(&self) -> &[Json] {
        match self {
            Self::Many(examples) => examples,
            Self::One(example) => std::slice::from_ref(example),
        }
    }
}

/// The texts of `schemas/conditions/`, from which `schemas/refresh.py` takes the conditions into the facts.
fn texts() -> Vec<String> {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/conditions")).expect("a folder");
    folder.map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("a text")).collect()
}

/// Examples of policies that are too long repeat a statement by aliases, more often than the parser thinks right.
fn parsed<T: DeserializeOwned>(text: &str) -> T {
    serde_yaml::from_str_with_options(text, serde_yaml::options! { budget: None }).expect("conditions")
}

fn every_condition() -> Vec<(String, usize, Whole)> {
    let read = |text: String| parsed::<IndexMap<String, Vec<Whole>>>(&text);
    let types = texts().into_iter().flat_map(read);
    types
        .flat_map(|(name, conditions)| {
            conditions.into_iter().enumerate().map(move |(index, whole)| (name.clone(), index, whole))
        })
        .collect()
}

/// Everything that all conditions on the type, and its schema, say about an example.
fn said(schema: &ResourceSchema, whole: &Whole, example: &Json) -> Vec<Violation> {
    let coerced = |type_name: &str, json: &Json| {
        let schema = Catalog::standard().get(type_name).expect(type_name);
        let properties = schema.coerced(with_unknowns(json.clone().into()));
        (schema.validate(&properties), properties)
    };
    if whole.with.is_empty() {
        let (violations, properties) = coerced(schema.type_name(), example);
        let subject = Subject::alone(&properties);
        let told = [Asked::Alone, Asked::OfNew].into_iter().flat_map(|asked| schema.unmet_conditions(asked, &subject));
        return violations.into_iter().chain(told).collect();
    }
    let (mut violations, properties) = coerced(schema.type_name(), &example["self"]);
    let mut others: HashMap<PropertyPath, Referred> = HashMap::new();
    for (name, path) in &whole.with {
        for (path, example) in each_of(path, &example[name]) {
            let (wrong, properties) = coerced(&whole.of[name], example);
            violations.extend(wrong);
            let referred = Referred { type_name: whole.of[name].clone(), properties: Arc::new(properties) };
            others.insert(path, referred);
        }
    }
    let is_written = |path: &PropertyPath| example["self"].pointer(&path.in_properties()).is_some();
    let item = |path: &PropertyPath| others.iter().find(|(at, _)| ends_like(path, at)).map(|(_, other)| other.clone());
    let referred = |path: &PropertyPath| others.get(path).cloned().or_else(|| item(path)).filter(|_| is_written(path));
    let subject = Subject::among(&properties, &referred);
    for asked in [Asked::Alone, Asked::OfNew, Asked::AmongOthers] {
        violations.extend(schema.unmet_conditions(asked, &subject));
    }
    violations
}

/// The example of one resource, or those of the resources that a list refers to, each with its path.
fn each_of<'e>(path: &PropertyPath, example: &'e Json) -> Vec<(PropertyPath, &'e Json)> {
    if !path.segments().contains(&PathSegment::Any) {
        return vec![(path.clone(), example)];
    }
    let at = |index: usize| -> PropertyPath {
        let indexed = |segment: &PathSegment| match segment {
            PathSegment::Any => PathSegment::Index(index),
            other => other.clone(),
        };
        path.segments().iter().map(indexed).collect()
    };
    example.as_array().expect("a list").iter().enumerate().map(|(index, example)| (at(index), example)).collect()
}

/// True if a path of an item is meant by `it.TargetGroupArn`.
fn ends_like(path: &PropertyPath, at: &PropertyPath) -> bool {
    at.top_level() == Some("it") && path.segments().ends_with(&at.segments()[1..])
}

#[test]
fn every_condition_refuses_and_takes_its_examples() {
    let mut wrong = Vec::new();
    for (name, index, whole) in every_condition() {
        let schema = Catalog::standard().get(&name).expect(&name);
        let place = format!("{name}[{index}] {}", whole.message);
        for example in whole.refuses.each() {
            let told = said(&schema, &whole, example);
            let texts: Vec<String> = told.iter().map(|said| format!("{}: {said}", said.path)).collect();
            let begins = whole.message.split("${").next().unwrap_or_default();
            let is_right = told.len() == 1 && told[0].message.starts_with(begins) && !told[0].to_string().contains('…');
            if !is_right {
                wrong.push(format!("{place}\n    is to refuse {example}\n    said: {texts:#?}"));
            }
        }
        for example in whole.takes.each() {
            let told: Vec<String> = said(&schema, &whole, example).iter().map(ToString::to_string).collect();
            if !told.is_empty() {
                wrong.push(format!("{place}\n    is to take {example}\n    said: {told:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_condition_is_of_a_known_type_and_points_at_a_property() {
    for (name, index, whole) in every_condition() {
        let schema = Catalog::standard().get(&name).expect(&name);
        let each = whole.each.iter().flat_map(PropertyPath::segments);
        let at: PropertyPath = each.chain(whole.at.iter().flat_map(PropertyPath::segments)).cloned().collect();
        assert!(schema.kinds(&at).is_some(), "{name}[{index}]: {at}");
        assert!(whole.with.keys().eq(whole.of.keys()), "{name}[{index}]: `with` and `of`");
        assert!(!whole.creation || whole.with.is_empty(), "{name}[{index}]: a new object is asked alone");
        assert!(whole.source.len() > 20, "{name}[{index}]: {}", whole.source);
    }
}

#[test]
fn no_message_repeats_a_password() {
    for (name, index, whole) in every_condition() {
        let schema = Catalog::standard().get(&name).expect(&name);
        for path in schema.write_only().iter().filter(|path| is_credential(path)) {
            let named = format!("self.{path}");
            let computed = [Some(&whole.message), whole.help.as_ref()].into_iter().flatten();
            let mut computed =
                computed.flat_map(|text| text.split("${").skip(1)).filter_map(|text| text.split('}').next());
            let is_whole =
                |inside: &str| inside.match_indices(&named).any(|(at, _)| !inside[at + named.len()..].starts_with('.'));
            assert!(!computed.any(is_whole), "{name}[{index}] repeats {path}");
        }
    }
}

#[test]
fn the_facts_have_every_condition_and_all_compile() {
    let mut written: IndexMap<String, Vec<Definition>> = IndexMap::new();
    for text in texts() {
        written.extend(parsed::<IndexMap<String, Vec<Definition>>>(&text));
    }
    let advice = "run `make schemas`";
    for name in Catalog::standard().type_names() {
        let definitions = Catalog::standard().get(name).expect(name).definitions().to_vec();
        assert!(definitions == written.shift_remove(name).unwrap_or_default(), "{name}: {advice}");
        for definition in definitions {
            Condition::compile(definition).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
    assert!(written.is_empty(), "{written:?}: {advice}");
}

fn one(yaml: &str) -> Condition {
    Condition::compile(serde_yaml::from_str::<Definition>(yaml).unwrap()).unwrap_or_else(|error| panic!("{error}"))
}

fn told(condition: &str, properties: &str) -> Vec<String> {
    let properties: Json = serde_yaml::from_str(properties).unwrap();
    let properties = with_unknowns(properties.into());
    let mut found = Vec::new();
    one(condition).check(&Subject::alone(&properties), &mut found);
    found.iter().map(|violation| format!("{}: {violation}", violation.path)).collect()
}

#[test]
fn what_is_not_written_or_not_known_is_not_judged() {
    let condition = "{rule: 'self.Least <= self.Most', at: Least, message: '${self.Least} is more than ${self.Most}'}";
    assert_eq!(told(condition, "{Least: 3, Most: 2}"), ["Least: 3 is more than 2"]);
    for properties in ["{Least: 3}", "{Least: 3, Most: '${other.Count}'}", "{Least: 1, Most: 2}", "{}"] {
        assert_eq!(told(condition, properties), [""; 0], "{properties}");
    }
    let absent = "{rule: '!has(self.A) || has(self.B)', message: needs B}";
    assert_eq!(told(absent, "{A: '${other.Arn}'}"), [": needs B"]);
    assert_eq!(told(absent, "{A: 1, B: '${other.Arn}'}"), [""; 0]);
}

#[test]
fn of_the_items_of_a_list_only_what_is_read_has_to_be_known() {
    let condition = "{rule: 'self.Items.exists(item, item.?Essential.orValue(true))', message: none is essential}";
    assert_eq!(told(condition, "{Items: [{Essential: false, Image: '${image.Uri}'}]}"), [": none is essential"]);
    assert_eq!(told(condition, "{Items: [{Essential: '${flag.Value}'}]}"), [""; 0]);
    assert_eq!(told(condition, "{Items: ['${item.Value}']}"), [""; 0]);
    assert_eq!(told(condition, "{Items: [{Image: x}]}"), [""; 0]);
    for count in ["size(self.Items)", "self.Items.size()"] {
        let many = format!("{{rule: '{count} > 1', message: only one}}");
        assert_eq!(told(&many, "{Items: ['${one.Arn}']}"), [": only one"]);
        assert_eq!(told(&many, "{Items: ['${one.Arn}', '${other.Arn}']}"), [""; 0]);
        assert_eq!(told(&many, "{Items: '${all.Arns}'}"), [""; 0]);
    }
}

#[test]
fn of_a_document_only_what_is_read_has_to_be_known() {
    let most = "{rule: 'document(self.Policy).Most < 10', message: too many}";
    assert_eq!(told(most, "{Policy: {Most: 10, Target: '${queue.Arn}'}}"), [": too many"]);
    assert_eq!(told(most, r#"{Policy: '{"Most": 10}'}"#), [": too many"]);
    for policy in ["{Most: '${config.Most}'}", "'${policy.Text}'", "{Target: a}", "'{\"Target\": 1}'", "no document"] {
        assert_eq!(told(most, &format!("{{Policy: {policy}}}")), [""; 0], "{policy}");
    }
    let names = "{rule: 'document(self.Policy).Statement.all(s, s.Sid != \"A\")', message: A is taken}";
    assert_eq!(told(names, "{Policy: {Statement: [{Sid: A, Resource: '${queue.Arn}'}]}}"), [": A is taken"]);
    assert_eq!(told(names, "{Policy: {Statement: [{Sid: '${config.Name}'}]}}"), [""; 0]);
    let key = "{rule: '\"Target\" in document(self.Policy)', message: no target}";
    assert_eq!(told(key, "{Policy: {Most: '${config.Most}'}}"), [": no target"]);
    assert_eq!(told(key, "{Policy: {Target: '${queue.Arn}'}}"), [""; 0]);
    assert_eq!(told(key, "{Policy: '${policy.Text}'}"), [""; 0]);
}

#[test]
fn each_item_is_judged_at_its_own_place() {
    let condition =
        "{each: 'Rules[*].Steps[*]', rule: it.From <= it.To, at: To, message: '${it.To} is before ${it.From}'}";
    assert_eq!(
        told(condition, "{Rules: [{Steps: [{From: 1, To: 2}, {From: 3, To: 2}]}, {Steps: '${x.Steps}'}]}"),
        ["Rules[0].Steps[1].To: 2 is before 3"]
    );
}
