use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantNames};

/// What becomes of the AWS object when its resource leaves the stack: the option `on_delete` of a resource.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum OnDelete {
    /// The object is deleted.
    #[default]
    Delete,
    /// The object stays, and state forgets it.
    Retain,
    /// A final snapshot is taken, then the object is deleted.
    Snapshot,
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    #[test]
    fn text_and_json_use_the_words_of_the_stack_file() {
        assert_eq!(OnDelete::from_str("retain").ok(), Some(OnDelete::Retain));
        assert_eq!(serde_json::to_value(OnDelete::Snapshot).ok(), Some("snapshot".into()));
        assert_eq!(OnDelete::Delete.to_string(), "delete");
        assert!(OnDelete::from_str("Keep").is_err());
    }
}
