use sha2::{Digest, Sha256};

use super::object_identity::ObjectIdentity;
use crate::address::Address;
use crate::resources::{Driver, NameRule, Properties};
use crate::value::Value;

/// How many hexadecimal digits tell two names apart that were cut or replaced.
/// Eight: Secrets Manager takes a hyphen and six characters at the end of a name for the end of an ARN.
const HASH_LENGTH: usize = 8;

/// What stands before a name that cannot begin as it does.
const BEGINNING: &str = "x-";

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
/// name do so anyway. Two addresses of a stack never have one name.
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
    if rule.reserved.has_beginning_of(&name) {
        name.insert_str(0, BEGINNING);
    }
    let limit = rule.max_length.saturating_sub(suffix.len());
    let fits = name.len() <= limit && !rule.reserved.has_ending_of(&name) && !ends_in_hash(&name);
    if generation > 0 || !fits || !is_kept(address, rule) {
        name.truncate(limit.saturating_sub(HASH_LENGTH + 1));
        let hash = hex::encode(Sha256::digest(format!("{whole}#{generation}")));
        name = format!("{}-{}", name.trim_end_matches('-'), &hash[..HASH_LENGTH]);
    }
    name + suffix
}

/// True if a slug keeps all that tells the address from others: `a["x"]` and `a.x`, `a_b` and `a__b`, `Files` and `files`
/// have one.
fn is_kept(address: &Address, rule: &NameRule) -> bool {
    let text = address.as_str();
    let keeps_case = !rule.lowercase && !rule.ignores_case;
    let is_kept =
        |char: char| char == '_' || char.is_ascii_alphanumeric() && (keeps_case || !char.is_ascii_uppercase());
    text.chars().all(is_kept) && !text.contains("__") && !text.starts_with('_') && !text.ends_with('_')
}

/// True for a name that looks as if it had a hash: one that has may be the same.
fn ends_in_hash(name: &str) -> bool {
    let is_hash = |tail: &str| tail.len() == HASH_LENGTH && tail.chars().all(|char| char.is_ascii_hexdigit());
    name.rsplit_once('-').is_some_and(|(_, tail)| is_hash(tail))
}

/// Letters, digits and single hyphens.
pub fn slug(text: &str, lowercase: bool) -> String {
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
    use proptest::prelude::*;

    use super::*;
    use crate::resources::Registry;

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

    #[test]
    fn what_a_slug_loses_is_in_the_hash() {
        let (queue, bucket) = (NameRule::new("QueueName", 80), NameRule::lowercase("BucketName", 63));
        let role = NameRule { ignores_case: true, ..NameRule::new("RoleName", 64) };
        for (one, other, rule) in [
            ("orders_dlq", "orders__dlq", queue),
            ("jobs", "_jobs", queue),
            ("jobs", "jobs_", queue),
            ("Files", "files", bucket),
            ("App", "app", role),
        ] {
            assert_ne!(name(one, 0, rule).to_lowercase(), name(other, 0, rule).to_lowercase(), "{one} {other}");
        }
        assert_eq!(name("Files", 0, queue), "shop-dev-Files", "AWS tells queues apart by case");
    }

    #[test]
    fn a_name_that_aws_reserves_becomes_another() {
        let registry = Registry::standard();
        let rule = |type_name: &str| registry.get(type_name).and_then(|driver| driver.name_rule()).unwrap();
        let named = |type_name: &str, project: &str, address: &str| {
            physical_name((project, "dev"), &address.into(), 0, &rule(type_name), &Properties::new())
        };
        let balancer = "AWS::ElasticLoadBalancingV2::LoadBalancer";
        assert_eq!(named(balancer, "internal", "web"), "x-internal-dev-web");
        assert_eq!(named("AWS::EC2::SecurityGroup", "sg", "web"), "x-sg-dev-web");
        assert_eq!(named("AWS::IAM::Role", "aws-tools", "app"), "x-aws-tools-dev-app");
        assert_eq!(named("AWS::S3::Bucket", "sthree", "files"), "x-sthree-dev-files");
        assert_eq!(named("AWS::RDS::DBInstance", "1shop", "db"), "x-1shop-dev-db");
        for (type_name, address, natural) in [
            ("AWS::SecretsManager::Secret", "app_secret", "shop-dev-app-secret-"),
            ("AWS::SecretsManager::Secret", "key_f6837d", "shop-dev-key-f6837d-"),
            ("AWS::S3::Bucket", "files_s3alias", "shop-dev-files-s3alias-"),
        ] {
            let name = named(type_name, "shop", address);
            assert!(name.starts_with(natural) && name.len() == natural.len() + HASH_LENGTH, "{name}");
        }
        assert_eq!(named("AWS::SecretsManager::Secret", "shop", "password"), "shop-dev-password");
    }

    /// Addresses that are close to each other, and those that look like the names of others.
    fn addresses() -> impl Strategy<Value = String> {
        let name = "[aAb_]{1,4}(_[0-9a-f]{8}|_secret|_s3alias)?";
        prop_oneof![
            name,
            "[a_]{50,64}",
            (name, "[a/.\"_-]{0,3}").prop_map(|(name, key)| Address::member(&name, &key).to_string()),
            (name, name).prop_map(|(component, name)| format!("{component}.{name}")),
        ]
    }

    proptest! {
        #[test]
        fn distinct_addresses_have_distinct_names_that_aws_takes(
            project in prop_oneof!["internal|sg|aws|sthree|amzn|shop", "[a-z][a-z0-9]{0,39}"],
            stack in "dev|s3|[a-z]{40}",
            objects in prop::collection::hash_set((addresses(), 0_u32..3), 2..24),
        ) {
            let registry = Registry::standard();
            for driver in registry.iter() {
                let Some(rule) = driver.name_rule().filter(|rule| !rule.revisions) else { continue };
                let mut names = std::collections::HashMap::new();
                for (address, generation) in &objects {
                    let properties = Properties::from_iter([("FifoQueue".to_owned(), true.into())]);
                    let name = physical_name((&project, &stack), &address.as_str().into(), *generation, &rule, &properties);
                    prop_assert!(name.len() <= rule.max_length, "{name}");
                    prop_assert!(!rule.reserved.has_beginning_of(&name) && !rule.reserved.has_ending_of(&name), "{name}");
                    prop_assert!(!name.contains("--") && !name.ends_with('-') && !name.starts_with('-'), "{name}");
                    let compared = if rule.ignores_case { name.to_lowercase() } else { name.clone() };
                    let other = names.insert(compared, (address, generation));
                    prop_assert!(other.is_none(), "{name}: {other:?} and {address} {generation}");
                }
            }
        }
    }
}
