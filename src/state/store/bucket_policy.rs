use serde_json::{Value, json};

/// The bucket's policy with a statement that denies every request without TLS; `None` where it has one already. Other
/// statements stay as they are.
///
/// # Errors
/// The existing policy's text is no JSON object.
pub(super) fn tls_only(
    bucket: &str,
    region: &str,
    existing: Option<&str>,
) -> Result<Option<String>, serde_json::Error> {
    let mut policy = match existing {
        Some(text) => serde_json::from_str::<serde_json::Map<String, Value>>(text)?,
        None => serde_json::Map::from_iter([("ObjectVersion".to_owned(), json!("2012-10-17"))]),
    };
    let mut statements = match policy.remove("Statement") {
        Some(Value::Array(statements)) => statements,
        Some(single) => vec![single],
        None => Vec::new(),
    };
    if statements.iter().any(denies_plain_http) {
        return Ok(None);
    }
    statements.push(statement(bucket, region));
    policy.insert("Statement".to_owned(), statements.into());
    Ok(Some(Value::Object(policy).to_string()))
}

/// AWS Config rule `s3-bucket-ssl-requests-only` looks for this condition.
fn denies_plain_http(statement: &Value) -> bool {
    let secure = &statement["Condition"]["Bool"]["aws:SecureTransport"];
    statement["Effect"] == "Deny" && (secure == "false" || secure == false || *secure == json!(["false"]))
}

fn statement(bucket: &str, region: &str) -> Value {
    let partition = match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    let arn = format!("arn:{partition}:s3:::{bucket}");
    json!({
        "Sid": "InfraStateTlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, format!("{arn}/*")],
        "Condition": { "Bool": { "aws:SecureTransport": "false" } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_without_a_policy_gets_one_and_keeps_it() {
        let policy = tls_only("state", "cn-north-1", None).unwrap().unwrap();
        assert!(policy.contains("arn:aws-cn:s3:::state/*"), "{policy}");
        assert_eq!(tls_only("state", "cn-north-1", Some(&policy)).unwrap(), None);
    }

    #[test]
    fn statements_of_others_stay() {
        let existing = r#"{"ObjectVersion":"2012-10-17","Statement":{"Sid":"Theirs","Effect":"Allow"}}"#;
        let policy: Value =
            serde_json::from_str(&tls_only("state", "us-west-2", Some(existing)).unwrap().unwrap()).unwrap();
        assert_eq!(policy["Statement"][0]["Sid"], "Theirs");
        assert_eq!(policy["Statement"][1]["Condition"]["Bool"]["aws:SecureTransport"], "false");
    }
}
