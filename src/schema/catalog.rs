use std::io::Read;
use std::ops::Range;
use std::sync::{Arc, LazyLock, OnceLock};

use super::ResourceSchema;
use super::nearest::{folded, nearest};

/// Made by `schemas/refresh.py`, which says how it is laid out.
static FACTS: &[u8] = include_bytes!("../../schemas/aws.facts");

/// The types of our own, in the form in which AWS publishes its types.
static OWN: &[(&str, &str)] = &[("Infra::RandomPassword", include_str!("../../schemas/infra/random_password.json"))];

static STANDARD: LazyLock<Catalog> = LazyLock::new(|| Catalog::read(FACTS).with_own(OWN));

/// The facts about all resource types: those that AWS publishes, and our own. Each type is decoded when it is first asked for, and kept.
pub struct Catalog {
    source: String,
    /// Sorted by name.
    entries: Vec<Entry>,
}

struct Entry {
    name: &'static str,
    facts: Facts,
    schema: OnceLock<Option<Arc<ResourceSchema>>>,
}

#[derive(Clone, Copy)]
enum Facts {
    Deflated(&'static [u8]),
    Plain(&'static str),
}

impl Catalog {
    /// The facts inside this binary.
    pub fn standard() -> &'static Self {
        &STANDARD
    }

    fn read(facts: &'static [u8]) -> Self {
        let end = facts.windows(2).position(|pair| pair == b"\n\n").unwrap_or(facts.len());
        let (head, blocks) = (facts.get(..end), facts.get(end + 2..).unwrap_or_default());
        let mut lines = std::str::from_utf8(head.unwrap_or_default()).unwrap_or_default().lines();
        let source = lines.next().and_then(source).unwrap_or_default();
        let mut start = 0;
        let entries = lines.filter_map(|line| {
            let (name, length) = line.split_once(' ')?;
            let block: Range<usize> = start..start + length.parse::<usize>().ok()?;
            start = block.end;
            Some(Entry { name, facts: Facts::Deflated(blocks.get(block)?), schema: OnceLock::new() })
        });
        Self { entries: entries.collect(), source }
    }

    fn with_own(mut self, types: &[(&'static str, &'static str)]) -> Self {
        let entry = |(name, text): &(&'static str, &'static str)| Entry {
            name,
            facts: Facts::Plain(text),
            schema: OnceLock::new(),
        };
        self.entries.extend(types.iter().map(entry));
        self.entries.sort_by_key(|entry| entry.name);
        self
    }

    /// What the facts were made from: a package and its version.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The facts about a type; `None` if AWS has no such type.
    pub fn get(&self, type_name: &str) -> Option<Arc<ResourceSchema>> {
        let entry = self.entry(type_name)?;
        entry.schema.get_or_init(|| decode(entry.facts)).clone()
    }

    /// The facts about a type as AWS publishes them, JSON; `None` if AWS has no such type.
    pub fn text(&self, type_name: &str) -> Option<String> {
        text(self.entry(type_name)?.facts)
    }

    fn entry(&self, type_name: &str) -> Option<&Entry> {
        let position = self.entries.binary_search_by(|entry| entry.name.cmp(type_name)).ok()?;
        self.entries.get(position)
    }

    /// All types, sorted.
    pub fn type_names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name)
    }

    /// The type that was most likely meant: `AWS::SQS::Queue` for `AWS::SQS::Que`, `SQS::Queue` or `aws_sqs_queue`.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        let wanted = folded(name);
        let short = |name: &str| folded(name.strip_prefix("AWS::").unwrap_or(name));
        let is_wanted = |candidate: &&str| folded(candidate) == wanted || short(candidate) == wanted;
        self.type_names().find(is_wanted).or_else(|| nearest(name, self.type_names()))
    }
}

fn source(header: &str) -> Option<String> {
    let header: serde_json::Value = serde_json::from_str(header).ok()?;
    Some(header.get("source")?.as_str()?.to_owned())
}

fn decode(facts: Facts) -> Option<Arc<ResourceSchema>> {
    ResourceSchema::parse(&text(facts)?).ok().map(Arc::new)
}

fn text(facts: Facts) -> Option<String> {
    let block = match facts {
        Facts::Plain(text) => return Some(text.to_owned()),
        Facts::Deflated(block) => block,
    };
    let mut text = String::new();
    flate2::read::ZlibDecoder::new(block).read_to_string(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::trail::Trail;
    use crate::schema::validator::Validator;
    use crate::value::Value;

    fn schemas() -> impl Iterator<Item = (&'static str, Arc<ResourceSchema>)> {
        Catalog::standard().type_names().map(|name| (name, Catalog::standard().get(name).expect(name)))
    }

    #[test]
    fn every_type_decodes_under_its_name() {
        let mut count = 0;
        for (name, schema) in schemas() {
            assert_eq!(schema.type_name(), name);
            assert!(!schema.primary_identifier().is_empty(), "{name}");
            assert!(schema.attributes().next().is_some(), "{name}");
            count += 1;
        }
        assert!(count > 1800, "{count}");
    }

    #[test]
    fn names_are_sorted_and_their_source_is_known() {
        assert!(Catalog::standard().type_names().is_sorted());
        assert_eq!(Catalog::standard().source(), "cfn-lint==1.58.0");
    }

    #[test]
    fn a_wrong_type_name_finds_the_right_one() {
        let nearest = |name| Catalog::standard().nearest(name);
        assert_eq!(nearest("AWS::SQS::Queu"), Some("AWS::SQS::Queue"));
        assert_eq!(nearest("SQS::Queue"), Some("AWS::SQS::Queue"));
        assert_eq!(nearest("aws_sqs_queue"), Some("AWS::SQS::Queue"));
        assert_eq!(nearest("AWS::ECS::Taskdefinition"), Some("AWS::ECS::TaskDefinition"));
        assert_eq!(nearest("AWS::RDS::DbCluster"), Some("AWS::RDS::DBCluster"));
        assert!(Catalog::standard().get("AWS::SQS::Queu").is_none());
    }

    #[test]
    fn almost_every_pattern_can_be_said() {
        let (mut all, mut skipped) = (std::collections::HashSet::new(), Vec::new());
        for (name, schema) in schemas() {
            for node in schema.lookup().every_node() {
                let keys = node.pattern_properties.iter().map(|(pattern, _)| pattern);
                for pattern in node.pattern.iter().chain(keys) {
                    if all.insert(pattern.text().to_owned()) && pattern.compiled().is_none() {
                        skipped.push((name, pattern.text().to_owned()));
                    }
                }
            }
        }
        assert!(all.len() > 3000, "{}", all.len());
        assert_eq!(skipped.len(), 23, "{skipped:#?}");
    }

    #[test]
    fn no_schema_refuses_its_own_default_or_choices() {
        for (name, schema) in schemas() {
            // The policy that KMS gives a key by default is published with a placeholder for the account.
            for node in schema.lookup().every_node().into_iter().filter(|node| node.policy.is_none()) {
                let validator = Validator::new(&schema, schema.lookup());
                for value in node.default.iter().chain(&node.choices) {
                    let mut found = Vec::new();
                    validator.check(node, &Value::from(value.clone()), &Trail::Root, &mut found);
                    assert!(found.is_empty(), "{name} {value}: {found:?}");
                }
            }
        }
    }

    #[test]
    fn a_type_is_decoded_once() {
        let get = || Catalog::standard().get("AWS::IAM::Role").unwrap();
        assert!(Arc::ptr_eq(&get(), &get()));
    }
}
