use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::name::slug;
use crate::address::Address;

/// RDS API reference, `DeleteDBInstance`, `FinalDBSnapshotIdentifier`: at most 255 letters, digits and single hyphens, a
/// letter first, no hyphen last.
const LONGEST: usize = 255;

/// How many hexadecimal digits tell apart two names that were cut.
const HASH_LENGTH: usize = 8;

/// A last snapshot's name, new each time: `shop-dev-db-eu-final-20261126103000`.
pub fn snapshot_name(project: &str, stack: &str, address: &Address, time: Timestamp) -> String {
    let end = format!("-final-{}", time.strftime("%Y%m%d%H%M%S"));
    let mut name = slug(&format!("{project}-{stack}-{address}"), true);
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name.insert_str(0, "x-");
    }
    if name.len() + end.len() > LONGEST {
        let hash = hex::encode(Sha256::digest(address.as_str()));
        name.truncate(LONGEST - end.len() - HASH_LENGTH - 1);
        name = format!("{}-{}", name.trim_end_matches('-'), &hash[..HASH_LENGTH]);
    }
    name + &end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_members_name_has_single_hyphens() {
        let time = "2026-11-26T10:30:00Z".parse().unwrap();
        let name = snapshot_name("shop", "dev", &Address::member("db", "eu"), time);
        assert_eq!(name, "shop-dev-db-eu-final-20261126103000");
    }

    proptest! {
        #[test]
        fn rds_takes_the_name_of_every_address(name in "[A-Za-z_][A-Za-z0-9_]{0,63}", key in ".{0,300}", project in "[0-9a-z-]{0,40}") {
            let name = snapshot_name(&project, "dev", &Address::member(&name, &key), Timestamp::UNIX_EPOCH);
            prop_assert!(name.len() <= 255 && name.starts_with(|char: char| char.is_ascii_lowercase()), "{name}");
            prop_assert!(!name.contains("--") && !name.ends_with('-'), "{name}");
            prop_assert!(name.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-'), "{name}");
        }
    }
}
