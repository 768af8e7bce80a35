use rand::seq::{IndexedRandom, SliceRandom};
use serde::Deserialize;

use crate::aws::AwsError;

/// The characters that a password is made of. Named as Secrets Manager's `GetRandomPassword` names them, and with its
/// classes. Source: AWS Secrets Manager API reference, "GetRandomPassword".
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct Alphabet {
    password_length: Option<usize>,
    exclude_characters: String,
    exclude_lowercase: bool,
    exclude_numbers: bool,
    exclude_punctuation: bool,
    exclude_uppercase: bool,
    include_space: bool,
    require_each_included_type: Option<bool>,
    /// Only there to change: another value makes another password.
    #[serde(rename = "Keepers")]
    _keepers: serde::de::IgnoredAny,
}

const LENGTH: usize = 32;
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

impl Alphabet {
    /// A new password from the operating system's randomness.
    ///
    /// # Errors
    /// Properties that leave too few characters.
    pub fn password(&self) -> Result<String, AwsError> {
        let classes = self.classes();
        let all: Vec<char> = classes.concat();
        let length = self.password_length.unwrap_or(LENGTH);
        let required = if self.require_each_included_type.unwrap_or(true) { classes.as_slice() } else { &[] };
        if all.is_empty() {
            return Err(AwsError::Invalid("the properties exclude every character".to_owned()));
        }
        if required.len() > length {
            let message = format!("PasswordLength {length} is too short for one character of each included type");
            return Err(AwsError::Invalid(format!("{message}, of which there are {}", required.len())));
        }
        let mut random = rand::rng();
        let certain = required.iter().filter_map(|class| class.choose(&mut random).copied());
        let mut password: Vec<char> = certain.collect();
        while password.len() < length {
            password.extend(all.choose(&mut random));
        }
        password.shuffle(&mut random);
        Ok(password.into_iter().collect())
    }

    /// The included classes, each with what is not excluded of it.
    fn classes(&self) -> Vec<Vec<char>> {
        let classes: [(bool, Vec<char>); 5] = [
            (!self.exclude_lowercase, ('a'..='z').collect()),
            (!self.exclude_uppercase, ('A'..='Z').collect()),
            (!self.exclude_numbers, ('0'..='9').collect()),
            (!self.exclude_punctuation, PUNCTUATION.chars().collect()),
            (self.include_space, vec![' ']),
        ];
        let included = classes.into_iter().filter(|(included, _)| *included).map(|(_, class)| class);
        let allowed = |class: Vec<char>| -> Vec<char> {
            class.into_iter().filter(|character| !self.exclude_characters.contains(*character)).collect()
        };
        included.map(allowed).filter(|class| !class.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn alphabet(properties: serde_json::Value) -> Alphabet {
        serde_json::from_value(properties).unwrap()
    }

    #[test]
    fn a_password_has_its_length_and_one_of_each_type() {
        let password = alphabet(json!({"PasswordLength": 4})).password().unwrap();
        assert_eq!(password.len(), 4);
        assert!(password.contains(|character: char| character.is_ascii_lowercase()));
        assert!(password.contains(|character: char| character.is_ascii_uppercase()));
        assert!(password.contains(|character: char| character.is_ascii_digit()));
        assert!(password.contains(|character: char| character.is_ascii_punctuation()));
        assert_eq!(alphabet(json!({})).password().unwrap().len(), LENGTH);
    }

    #[test]
    fn what_is_excluded_does_not_come() {
        let properties = json!({
            "PasswordLength": 200, "ExcludePunctuation": true, "ExcludeUppercase": true, "ExcludeLowercase": true,
            "ExcludeCharacters": "01234567", "Keepers": {"rotated": "2026-01"},
        });
        let password = alphabet(properties).password().unwrap();
        assert!(password.chars().all(|character| "89".contains(character)), "{password}");
    }

    #[test]
    fn two_passwords_differ() {
        let alphabet = alphabet(json!({}));
        assert_ne!(alphabet.password().unwrap(), alphabet.password().unwrap());
    }

    #[test]
    fn properties_that_leave_too_few_characters_are_refused() {
        let short = alphabet(json!({"PasswordLength": 3})).password().unwrap_err();
        assert!(short.to_string().contains("too short"), "{short}");
        let nothing = json!({
            "ExcludePunctuation": true, "ExcludeUppercase": true, "ExcludeLowercase": true, "ExcludeNumbers": true,
        });
        assert!(alphabet(nothing).password().unwrap_err().to_string().contains("every character"));
    }
}
