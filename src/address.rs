use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Where a resource stands in its stack: `jobs`, `api.task` inside a component, `subnet["a"]` for a `for_each` member.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The member of a `for_each` resource: `subnet` and `a` give `subnet["a"]`.
    pub fn member(name: &str, key: &str) -> Self {
        Self(format!("{name}[{}]", serde_json::Value::from(key)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address in the characters that every AWS service takes in a tag's value, no two addresses alike: `subnet["a"]` is
    /// `subnet/a`, `c["a"].task` is `c/a/.task`. Inside a key, whatever else stands there is `=` and two hexadecimal digits
    /// for each byte. What is longer than a tag's value is cut, with `==` and a hash.
    /// Source: "Tag naming limits and requirements", Tagging AWS Resources user guide.
    pub fn as_tag(&self) -> String {
        let (mut tag, mut rest) = (String::new(), self.0.as_str());
        while let Some(at) = rest.find('[') {
            escape(&rest[..at], &mut tag);
            match key(&rest[at..]) {
                Some((key, length)) => {
                    tag.push('/');
                    escape(&key, &mut tag);
                    rest = &rest[at + length..];
                    if !rest.is_empty() {
                        tag.push('/');
                    }
                }
                None => {
                    escape("[", &mut tag);
                    rest = &rest[at + 1..];
                }
            }
        }
        escape(rest, &mut tag);
        if tag.len() > LONGEST_TAG {
            let hash = hex::encode(Sha256::digest(&self.0));
            tag.truncate(LONGEST_TAG - HASH_LENGTH - CUT.len());
            tag = format!("{tag}{CUT}{}", &hash[..HASH_LENGTH]);
        }
        tag
    }

    /// The name as it is written in the stack file, without a `for_each` key.
    pub fn name(&self) -> &str {
        self.0.split('[').next().unwrap_or(&self.0)
    }
}

/// The longest value of a tag, in characters.
const LONGEST_TAG: usize = 256;

/// What stands before the hash of a tag that was cut, and nowhere else.
const CUT: &str = "==";
const HASH_LENGTH: usize = 32;

/// Letters, digits and `_ . : + - @` as they are. Tags take spaces too, and some services trim them.
fn escape(text: &str, tag: &mut String) {
    for char in text.chars() {
        if char.is_ascii_alphanumeric() || "_.:+-@".contains(char) {
            tag.push(char);
        } else {
            let mut bytes = [0; 4];
            for byte in char.encode_utf8(&mut bytes).bytes() {
                tag.push_str(&format!("={byte:02x}"));
            }
        }
    }
}

/// The key that a text begins with, `["a"]`, and how long its spelling is; `None` where it is not spelled as `member` does.
fn key(text: &str) -> Option<(String, usize)> {
    let mut keys = serde_json::Deserializer::from_str(text.strip_prefix('[')?).into_iter::<String>();
    let key = keys.next()?.ok()?;
    let spelled = Address::member("", &key);
    text.starts_with(spelled.as_str()).then_some((key, spelled.0.len()))
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl From<&str> for Address {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_member_knows_its_name() {
        let member = Address::member("subnet", "us-west-2a");
        assert_eq!(member.as_str(), r#"subnet["us-west-2a"]"#);
        assert_eq!(member.name(), "subnet");
        assert_eq!(member.as_tag(), "subnet/us-west-2a");
    }

    #[test]
    fn a_tag_says_where_a_key_ends_and_what_was_in_it() {
        for (address, tag) in [
            (r#"c["a"].task"#, "c/a/.task"),
            (r#"c["a.task"]"#, "c/a.task"),
            (r#"c["a/b"]"#, "c/a=2fb"),
            (r#"c["a=b"]"#, "c/a=3db"),
            (r#"c["a_b"]"#, "c/a_b"),
            (r#"c["a b"]"#, "c/a=20b"),
            (r#"c["é"]"#, "c/=c3=a9"),
            (r#"c["a\"]b"]"#, "c/a=22=5db"),
            (r#"c[""]"#, "c/"),
            ("api.task", "api.task"),
            ("c[0]", "c=5b0=5d"),
        ] {
            assert_eq!(Address::new(address).as_tag(), tag, "{address}");
        }
        let long = |end: &str| Address::member("c", &format!("{}{end}", "x".repeat(300))).as_tag();
        assert!(long("a").len() == 256 && long("a") != long("b"), "{}", long("a"));
    }

    fn parts() -> impl Strategy<Value = String> {
        let key = prop_oneof!["[ab/=._ \"\\\\é\\[\\]-]{0,6}", "[/é]{80,300}"];
        let part = ("[a_b]{1,3}", prop::option::of(key));
        prop::collection::vec(part, 1..3).prop_map(|parts| {
            let spelled = |(name, key): &(String, Option<String>)| match key {
                Some(key) => Address::member(name, key).to_string(),
                None => name.clone(),
            };
            parts.iter().map(spelled).collect::<Vec<_>>().join(".")
        })
    }

    proptest! {
        #[test]
        fn two_addresses_never_have_one_tag(one in parts(), other in parts()) {
            let tags = [&one, &other].map(|address| Address::new(address.as_str()).as_tag());
            prop_assert_eq!(one == other, tags[0] == tags[1], "{} {} {:?}", one, other, tags);
            for tag in tags {
                prop_assert!(tag.len() <= 256);
                prop_assert!(tag.chars().all(|char| char.is_ascii_alphanumeric() || "_.:/=+-@".contains(char)), "{tag}");
            }
        }
    }
}
