//! ECS takes clusters, roles and task definitions by name or ARN and answers with what it likes.

use serde_json::Value;

use crate::resources::Properties;

/// Gives a live property the written spelling where one is the ARN of what the other names. Only the pair tells: a bare
/// name means the caller's own account, and a role's name may need its path.
pub fn align_name(desired: &Properties, live: &mut Properties, property: &str) {
    if let (Some(Value::String(written)), Some(Value::String(found))) = (desired.get(property), live.get_mut(property))
        && (name_of(found) == written || name_of(written) == found)
    {
        found.clone_from(written);
    }
}

/// `team/api` of `arn:aws:iam::123456789012:role/team/api`; a name is its own.
pub fn name_of(text: &str) -> &str {
    if text.starts_with("arn:") { text.split_once('/').map_or(text, |(_, name)| name) } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_and_its_arn_are_one_and_two_arns_are_two() {
        let role = |text: &str| json!({"Role": text}).as_object().cloned().unwrap();
        let (own, other) = ("arn:aws:iam::123456789012:role/team/api", "arn:aws:iam::210987654321:role/team/api");
        for (written, found, aligned) in [
            ("team/api", own, "team/api"),
            (own, "team/api", own),
            ("api", own, own),
            (other, own, own),
            (own, own, own),
        ] {
            let mut live = role(found);
            align_name(&role(written), &mut live, "Role");
            assert_eq!(live, role(aligned), "{written}");
        }
    }
}
