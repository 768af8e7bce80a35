use sha2::{Digest, Sha256};

use super::object_identity::ObjectIdentity;
use crate::address::Address;
use crate::resources::{Driver, NameRule, Properties};
use crate::value::Value;

/// How many hexadecimal digits tell two names apart that were cut or replaced.
const HASH_LENGTH: usize = 6;

/// The name of an object whose resource gives none; `None` where AWS names it.
pub fn generated_name(
    identity: &ObjectIdentity<'_>,
    driver: &dyn Driver,
    evaluated: &Value,
    generation: u32,
) -> Option<String> {
    let rule = driver.name_rule()?;
    let known = match evaluated {
        Value::Map(entries) => {
            entries.iter().filter_map(|(name, value)| Some((name.clone(), value.to_json()?))).collect()
        }
        _ => Properties::new(),
    };
    Some(physical_name((identity.project, identity.stack), identity.address, generation, &rule, &known))
}

/// `<project>-<stack>-<address>`, in the characters that every AWS name takes, cut to the type's limit with a hash.
/// A replacement's name carries a hash of its generation, so that old and new can exist side by side; revisions of one
/// name do so anyway.
pub fn physical_name(
    (project, stack): (&str, &str),
    address: &Address,
    generation: u32,
    rule: &NameRule,
    properties: &Properties,
) -> String {
    let generation = if rule.revisions { 0 } else { generation };
    let suffix = (rule.suffix)(properties);
    let whole = format!("{project}-{stack}-{address}");
    let mut name = slug(&whole, rule.lowercase);
    let limit = rule.max_length.saturating_sub(suffix.len());
    // A slug can lose what told two addresses apart (`a["x"]`, `a.x`); the hash keeps it.
    let distinct = address.as_str().chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    if generation > 0 || name.len() > limit || !distinct {
        name.truncate(limit.saturating_sub(HASH_LENGTH + 1));
        let hash = hex::encode(Sha256::digest(format!("{whole}#{generation}")));
        name = format!("{}-{}", name.trim_end_matches('-'), &hash[..HASH_LENGTH]);
    }
    name + suffix
}

/// Letters, digits and single hyphens.
fn slug(text: &str, lowercase: bool) -> String {
    let mut slug = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            char if char.is_ascii_alphanumeric() && lowercase => slug.push(char.to_ascii_lowercase()),
            char if char.is_ascii_alphanumeric() => slug.push(char),
            _ if slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(address: &str, generation: u32, rule: NameRule) -> String {
        physical_name(("shop", "dev"), &address.into(), generation, &rule, &Properties::new())
    }

    #[test]
    fn project_stack_and_address_make_the_name() {
        assert_eq!(name("jobs_dlq", 0, NameRule::new("QueueName", 80)), "shop-dev-jobs-dlq");
    }

    #[test]
    fn a_long_name_is_cut_and_stays_unique() {
        let rule = NameRule::new("Name", 32);
        let one = name("a_load_balancer_with_a_very_long_name_1", 0, rule);
        let other = name("a_load_balancer_with_a_very_long_name_2", 0, rule);
        assert!(one.len() <= 32 && other.len() <= 32, "{one} {other}");
        assert_ne!(one, other);
    }

    #[test]
    fn members_of_a_for_each_keep_apart() {
        let rule = NameRule::new("Name", 80);
        assert_ne!(name(r#"jobs["a.b"]"#, 0, rule), name(r#"jobs["a-b"]"#, 0, rule));
    }

    #[test]
    fn a_revision_keeps_its_name() {
        assert_eq!(name("task", 3, NameRule::revisions("Family", 255)), "shop-dev-task");
    }

    #[test]
    fn a_replacement_has_another_name_and_the_suffix_stays_last() {
        let rule = NameRule { suffix: |_| ".fifo", ..NameRule::new("QueueName", 80) };
        assert_eq!(name("jobs", 0, rule), "shop-dev-jobs.fifo");
        let second = name("jobs", 1, rule);
        assert_ne!(second, "shop-dev-jobs.fifo");
        assert!(second.ends_with(".fifo"));
    }
}
