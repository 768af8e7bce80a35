use std::collections::BTreeSet;

use aws_sdk_rds::types::CloudwatchLogsExportConfiguration;

/// Which logs start and stop going to CloudWatch: the API takes the change, the schema has the list.
pub fn change(live: &[String], desired: &[String]) -> CloudwatchLogsExportConfiguration {
    let (live, desired): (BTreeSet<_>, BTreeSet<_>) = (live.iter().collect(), desired.iter().collect());
    let names = |names: Vec<&&String>| Some(names.into_iter().map(|name| (*name).clone()).collect::<Vec<_>>());
    CloudwatchLogsExportConfiguration::builder()
        .set_enable_log_types(names(desired.difference(&live).collect()))
        .set_disable_log_types(names(live.difference(&desired).collect()))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_switched() {
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let change = change(&texts(&["audit", "error"]), &texts(&["error", "slowquery"]));
        assert_eq!(change.enable_log_types(), ["slowquery"]);
        assert_eq!(change.disable_log_types(), ["audit"]);
    }
}
