//! CloudFormation's dynamic references, `{{resolve:ssm:/name}}`, which a stack file writes as functions.

use super::expression::Failure;

const BEGIN: &str = "{{resolve:";

/// What is wrong with a text that holds a dynamic reference: AWS would be sent the reference, as a password even. Whole
/// documents in a text, such as a template, may hold them.
pub(super) fn dynamic_reference(text: &str) -> Option<Failure> {
    let start = text.find(BEGIN).filter(|_| !text.contains('\n'))?;
    let inside = text.get(start + BEGIN.len()..)?;
    let inside = inside.split_once("}}").map_or(inside, |(inside, _)| inside);
    let failure =
        Failure::new(start, BEGIN.len() + inside.len(), "a dynamic reference of CloudFormation would be sent as it is");
    Some(failure.help(format!("write `${{{}}}`", function(inside)?)))
}

/// The function that gives the same; `None` for a service that has no dynamic references.
fn function(reference: &str) -> Option<String> {
    let (service, rest) = reference.split_once(':')?;
    match service {
        "ssm" | "ssm-secure" => Some(format!("ssm(\"{rest}\")")),
        "secretsmanager" => {
            // Of an ARN, whose own colons stand in the name, six are its.
            let colons = if rest.starts_with("arn:") { 6 } else { 0 };
            let end = rest.match_indices(':').nth(colons).map_or(rest.len(), |(end, _)| end);
            let (name, options) = rest.split_at(end);
            let key = options.split(':').nth(2).filter(|key| !key.is_empty());
            Some(key.map_or_else(|| format!("secret(\"{name}\")"), |key| format!("secret(\"{name}\", \"{key}\")")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::function;

    #[test]
    fn each_form_has_its_function() {
        for (reference, written) in [
            ("ssm:/shop/key", r#"ssm("/shop/key")"#),
            ("ssm-secure:/shop/key:3", r#"ssm("/shop/key:3")"#),
            ("secretsmanager:db", r#"secret("db")"#),
            ("secretsmanager:db:SecretString:password", r#"secret("db", "password")"#),
            (
                "secretsmanager:arn:aws:secretsmanager:us-west-2:111122223333:secret:db-AbCdEf:SecretString:password::",
                r#"secret("arn:aws:secretsmanager:us-west-2:111122223333:secret:db-AbCdEf", "password")"#,
            ),
        ] {
            assert_eq!(function(reference).as_deref(), Some(written));
        }
        assert_eq!(function("acm:x"), None);
    }
}
