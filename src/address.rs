use std::fmt;

use serde::{Deserialize, Serialize};

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

    /// The address in the characters that every AWS service takes in a tag's value: `subnet["a"]` is `subnet/a`.
    /// Source: "Tag naming limits and requirements", Tagging AWS Resources user guide.
    pub fn as_tag(&self) -> String {
        let text = self.0.replace("[\"", "/").replace("\"]", "");
        text.replace(|char: char| !char.is_alphanumeric() && !" _.:/=+-@".contains(char), "_")
    }

    /// The name as it is written in the stack file, without a `for_each` key.
    pub fn name(&self) -> &str {
        self.0.split('[').next().unwrap_or(&self.0)
    }
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
    use super::*;

    #[test]
    fn a_member_knows_its_name() {
        let member = Address::member("subnet", "us-west-2a");
        assert_eq!(member.as_str(), r#"subnet["us-west-2a"]"#);
        assert_eq!(member.name(), "subnet");
        assert_eq!(member.as_tag(), "subnet/us-west-2a");
    }
}
