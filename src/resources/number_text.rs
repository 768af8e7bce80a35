use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::mirror::Mirror;
use crate::aws::AwsError;

/// A number that the schema has as a text and the API as a number (`AllocatedStorage`, `TTL`). Both may be written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberText(i64);

impl Mirror<i64> for NumberText {
    fn to_sdk(&self) -> Result<i64, AwsError> {
        Ok(self.0)
    }

    fn from_sdk(sdk: &i64) -> Self {
        Self(*sdk)
    }
}

impl Mirror<i32> for NumberText {
    fn to_sdk(&self) -> Result<i32, AwsError> {
        i32::try_from(self.0).map_err(|error| AwsError::Invalid(format!("{}: {error}", self.0)))
    }

    fn from_sdk(sdk: &i32) -> Self {
        Self(i64::from(*sdk))
    }
}

impl Serialize for NumberText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for NumberText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(i64),
            Text(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(number) => Ok(Self(number)),
            Written::Text(text) => text.parse().map(Self).map_err(serde::de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_its_text_are_the_same() {
        let numbers: Vec<NumberText> = serde_json::from_str(r#"[20, "20"]"#).unwrap();
        assert_eq!(numbers[0], numbers[1]);
        assert_eq!(serde_json::to_string(&numbers).unwrap(), r#"["20","20"]"#);
    }

    #[test]
    fn a_text_that_is_no_number_is_an_error() {
        assert!(serde_json::from_str::<NumberText>(r#""twenty""#).is_err());
    }
}
