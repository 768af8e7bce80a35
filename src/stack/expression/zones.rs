/// Regions whose zones every account sees are not lettered from `a` on without a gap
/// (AWS Regions and Availability Zones, "AWS Availability Zones").
const GAPS: &[(&str, &str)] = &[("ap-northeast-1", "acd"), ("ca-central-1", "abd")];

/// The names of a region's first `count` availability zones, without asking AWS: the region and a letter from `a` on.
/// A region has at least three as a rule; an account that lacks one of those named gets AWS's own error, and then
/// names its zones itself.
///
/// # Errors
/// Why there are not so many.
pub(super) fn zone_names(region: &str, count: i64) -> Result<Vec<String>, String> {
    let letters = GAPS.iter().find(|(name, _)| *name == region).map_or("abcdef", |(_, letters)| letters);
    match usize::try_from(count) {
        Ok(count) if (1..=letters.len()).contains(&count) => {
            Ok(letters.chars().take(count).map(|letter| format!("{region}{letter}")).collect())
        }
        _ => Err(format!("a number of zones is from 1 to {} in {region}, and not {count}", letters.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_the_region_and_a_letter() {
        assert_eq!(zone_names("us-west-2", 2), Ok(vec!["us-west-2a".to_owned(), "us-west-2b".to_owned()]));
        assert_eq!(
            zone_names("ca-central-1", 3).map(|zones| zones.join(" ")).as_deref(),
            Ok("ca-central-1a ca-central-1b ca-central-1d")
        );
        assert!(zone_names("us-west-2", 0).is_err());
        assert!(zone_names("us-west-2", 7).is_err());
    }
}
