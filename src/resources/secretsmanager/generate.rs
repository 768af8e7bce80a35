//! `GenerateSecretString`: a password of Secrets Manager's making, alone or within a JSON template.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::aws::{AwsError, CallResult, Context};

/// A template's object and the name of the member that a password goes to.
type Place<'a> = (Map<String, Value>, &'a str);

/// What the password consists of; absent members have the API's defaults.
/// Source: Secrets Manager API reference, `GetRandomPassword`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GenerateSecretString {
    exclude_characters: Option<String>,
    exclude_lowercase: Option<bool>,
    exclude_numbers: Option<bool>,
    exclude_punctuation: Option<bool>,
    exclude_uppercase: Option<bool>,
    generate_string_key: Option<String>,
    include_space: Option<bool>,
    password_length: Option<i64>,
    require_each_included_type: Option<bool>,
    secret_string_template: Option<String>,
}

impl GenerateSecretString {
    /// A new secret value.
    ///
    /// # Errors
    /// `AwsError::Invalid` where template and key do not come together or the template is no JSON object.
    pub async fn generate(&self, cx: &Context) -> Result<String, AwsError> {
        let place = self.place()?;
        let call = assign!(
            cx.secrets().get_random_password(),
            self,
            exclude_characters,
            exclude_lowercase,
            exclude_numbers,
            exclude_punctuation,
            exclude_uppercase,
            include_space,
            password_length,
            require_each_included_type,
        );
        let output = call.send().await.call("secretsmanager:GetRandomPassword")?;
        let missing = || AwsError::missing("secretsmanager:GetRandomPassword", "RandomPassword");
        let password = output.random_password.ok_or_else(missing)?;
        let Some((mut template, key)) = place else { return Ok(password) };
        template.insert(key.to_owned(), password.into());
        Ok(Value::Object(template).to_string())
    }

    /// Where the password goes: the template's object and the member's name.
    fn place(&self) -> Result<Option<Place<'_>>, AwsError> {
        match (&self.secret_string_template, &self.generate_string_key) {
            (None, None) => Ok(None),
            (Some(template), Some(key)) => match serde_json::from_str(template) {
                Ok(template) => Ok(Some((template, key))),
                Err(error) => Err(AwsError::Invalid(format!("SecretStringTemplate is no JSON object: {error}"))),
            },
            _ => Err(AwsError::Invalid("SecretStringTemplate and GenerateStringKey only come together".into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn generate(json: Value) -> GenerateSecretString {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_password_goes_into_the_template_under_its_key() {
        let generate = generate(json!({"SecretStringTemplate": "{\"user\":\"app\"}", "GenerateStringKey": "password"}));
        let (template, key) = generate.place().unwrap().unwrap();
        assert_eq!((Value::Object(template), key), (json!({"user": "app"}), "password"));
    }

    #[test]
    fn a_template_without_a_key_is_refused() {
        let error = generate(json!({"SecretStringTemplate": "{}"})).place().unwrap_err();
        assert!(error.to_string().contains("GenerateStringKey"));
    }

    #[test]
    fn a_template_that_is_no_object_is_refused() {
        let generate = generate(json!({"SecretStringTemplate": "[]", "GenerateStringKey": "password"}));
        assert!(generate.place().unwrap_err().to_string().contains("no JSON object"));
    }
}
