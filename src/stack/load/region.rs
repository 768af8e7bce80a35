use std::sync::LazyLock;

use regex::Regex;

use super::names::Complaint;
use crate::stack::diagnostic::nearest;

static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[a-z]{2,4}(-[a-z]{2,4})?-(central|(north|south)(east|west)?|east|west)-[0-9]{1,2}$").ok()
});

/// AWS Regions and Availability Zones, "AWS Regions"; and those of its other partitions.
const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-west-1",
    "us-west-2",
];

/// AWS opens regions of one part of the world about in the order of their numbers, so that the next ones may be there
/// already.
const NEXT_NUMBERS: u32 = 2;

/// Checks a region. AWS adds new ones, so one that is not known is refused only where it looks like a slip.
pub(super) fn check_region(region: &str) -> Result<(), Complaint> {
    let has_form = FORM.as_ref().is_none_or(|form| form.is_match(region));
    if REGIONS.contains(&region) || has_form && is_next(region) {
        return Ok(());
    }
    let near =
        nearest(region, REGIONS.iter().copied()).filter(|near| !has_form || strsim::osa_distance(region, near) == 1);
    match near {
        None if has_form => Ok(()),
        near => {
            let suggestion = near.map(|near| format!("did you mean `{near}`?"));
            Err((format!("`{region}` is no AWS region such as us-west-2"), suggestion))
        }
    }
}

/// True if it may be the next one of its part of the world: `us-west-3`.
fn is_next(region: &str) -> bool {
    let split = |region: &'_ str| {
        let (part, number) = region.rsplit_once('-')?;
        Some((part.to_owned(), number.parse::<u32>().ok()?))
    };
    let Some((part, number)) = split(region) else { return false };
    let known = REGIONS.iter().filter_map(|known| split(known)).filter(|(other, _)| *other == part);
    known.map(|(_, number)| number).max().is_some_and(|last| (last..=last + NEXT_NUMBERS).contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(region: &str) -> Option<String> {
        check_region(region).expect_err("no region").1
    }

    #[test]
    fn a_slip_is_told_the_region_that_is_near() {
        assert_eq!(help("us-east-9").as_deref(), Some("did you mean `us-east-1`?"));
        assert_eq!(help("us-wset-2").as_deref(), Some("did you mean `us-west-2`?"));
        assert_eq!(help("eu-west-0").as_deref(), Some("did you mean `eu-west-1`?"));
        assert_eq!(help("nowhere"), None);
    }

    #[test]
    fn a_region_that_aws_may_have_added_is_taken() {
        for region in ["us-west-2", "us-gov-west-1", "us-east-3", "ap-southeast-8", "af-west-1", "nz-north-1"] {
            assert_eq!(check_region(region), Ok(()), "{region}");
        }
    }
}
