use aws_sdk_s3::types;

use super::timestamp::Timestamp;
use crate::aws::AwsError;
use crate::resources::NumberText;
use crate::resources::mirror::{Mirror, sdk};

properties! {
    /// One rule. The schema has in one level what the API has in filter, expiration and lists.
    pub struct Rule {
        abort_incomplete_multipart_upload: AbortIncompleteMultipartUpload,
        expiration_date: Timestamp,
        expiration_in_days: i32,
        expired_object_delete_marker: bool,
        id: String,
        noncurrent_version_expiration: NoncurrentVersionExpiration,
        noncurrent_version_expiration_in_days: i32,
        noncurrent_version_transition: NoncurrentVersionTransition,
        noncurrent_version_transitions: Vec<NoncurrentVersionTransition>,
        object_size_greater_than: NumberText,
        object_size_less_than: NumberText,
        prefix: String,
        status: String,
        tag_filters: Vec<TagFilter>,
        transition: Transition,
        transitions: Vec<Transition>,
    }
}

mirror! {
    pub struct AbortIncompleteMultipartUpload: types::AbortIncompleteMultipartUpload {
        days_after_initiation: i32,
    }
    pub struct NoncurrentVersionExpiration: types::NoncurrentVersionExpiration {
        newer_noncurrent_versions: i32,
        noncurrent_days: i32,
    }
    pub struct NoncurrentVersionTransition: types::NoncurrentVersionTransition {
        newer_noncurrent_versions: i32,
        storage_class: String,
        #[serde(rename = "TransitionInDays")]
        noncurrent_days: i32,
    }
    pub struct TagFilter: types::Tag {
        key: String,
        value: String,
    }
    pub struct Transition: types::Transition {
        storage_class: String,
        #[serde(rename = "TransitionDate")]
        date: Timestamp,
        #[serde(rename = "TransitionInDays")]
        days: i32,
    }
}

impl Mirror<types::LifecycleRule> for Rule {
    fn to_sdk(&self) -> Result<types::LifecycleRule, AwsError> {
        let days = self.noncurrent_version_expiration_in_days;
        let noncurrent = days.map(|days| types::NoncurrentVersionExpiration::builder().noncurrent_days(days).build());
        let transitions = all(&self.transition, &self.transitions);
        let noncurrent_transitions = all(&self.noncurrent_version_transition, &self.noncurrent_version_transitions);
        let rule = types::LifecycleRule::builder()
            .set_abort_incomplete_multipart_upload(sdk(&self.abort_incomplete_multipart_upload)?)
            .set_expiration(self.expiration()?)
            .filter(self.filter()?)
            .set_id(self.id.clone())
            .set_noncurrent_version_expiration(sdk(&self.noncurrent_version_expiration)?.or(noncurrent))
            .set_noncurrent_version_transitions(sdk(&noncurrent_transitions)?)
            .set_status(sdk(&self.status)?)
            .set_transitions(sdk(&transitions)?);
        rule.build().map_err(|error| AwsError::Invalid(error.to_string()))
    }

    fn from_sdk(sdk: &types::LifecycleRule) -> Self {
        let expiration = sdk.expiration();
        let mut rule = Self {
            abort_incomplete_multipart_upload: sdk.abort_incomplete_multipart_upload().map(Mirror::from_sdk),
            expiration_date: expiration.and_then(types::LifecycleExpiration::date).map(Mirror::from_sdk),
            expiration_in_days: expiration.and_then(types::LifecycleExpiration::days),
            expired_object_delete_marker: expiration.and_then(types::LifecycleExpiration::expired_object_delete_marker),
            id: sdk.id.clone(),
            noncurrent_version_expiration: sdk.noncurrent_version_expiration().map(Mirror::from_sdk),
            noncurrent_version_transitions: sdk.noncurrent_version_transitions.as_ref().map(Mirror::from_sdk),
            status: Some(sdk.status().as_str().to_owned()),
            transitions: sdk.transitions.as_ref().map(Mirror::from_sdk),
            ..Self::default()
        };
        rule.learn_filter(sdk);
        rule
    }
}

impl Rule {
    fn expiration(&self) -> Result<Option<types::LifecycleExpiration>, AwsError> {
        let marker = self.expired_object_delete_marker;
        if self.expiration_date.is_none() && self.expiration_in_days.is_none() && marker.is_none() {
            return Ok(None);
        }
        let expiration = types::LifecycleExpiration::builder().set_date(sdk(&self.expiration_date)?);
        Ok(Some(expiration.set_days(self.expiration_in_days).set_expired_object_delete_marker(marker).build()))
    }

    /// S3 wants one condition by itself and several inside `And`; without any the rule is for every object.
    /// Source: S3 API reference, `LifecycleRuleFilter`.
    fn filter(&self) -> Result<types::LifecycleRuleFilter, AwsError> {
        let tags: Vec<types::Tag> = sdk(&self.tag_filters)?.unwrap_or_default();
        let (greater, less) = (sdk(&self.object_size_greater_than)?, sdk(&self.object_size_less_than)?);
        let conditions = usize::from(self.prefix.is_some())
            + tags.len()
            + usize::from(greater.is_some())
            + usize::from(less.is_some());
        let filter = types::LifecycleRuleFilter::builder();
        if conditions > 1 {
            let and = types::LifecycleRuleAndOperator::builder().set_prefix(self.prefix.clone());
            let and = and.set_object_size_greater_than(greater).set_object_size_less_than(less);
            let and = and.set_tags((!tags.is_empty()).then_some(tags)).build();
            return Ok(filter.and(and).build());
        }
        let prefix = if conditions == 0 { Some(String::new()) } else { self.prefix.clone() };
        let filter = filter.set_prefix(prefix).set_tag(tags.into_iter().next());
        Ok(filter.set_object_size_greater_than(greater).set_object_size_less_than(less).build())
    }

    fn learn_filter(&mut self, sdk: &types::LifecycleRule) {
        let filter = sdk.filter();
        let and = filter.and_then(types::LifecycleRuleFilter::and);
        // The prefix of the rule itself is that of the first version of the API.
        #[allow(deprecated)]
        let prefix = sdk.prefix();
        let prefix = prefix.or(filter.and_then(|filter| filter.prefix())).or(and.and_then(|and| and.prefix()));
        let tags = filter.and_then(|filter| filter.tag()).into_iter();
        let tags: Vec<TagFilter> =
            tags.chain(and.map(|and| and.tags()).unwrap_or_default()).map(Mirror::from_sdk).collect();
        let greater = filter.and_then(|filter| filter.object_size_greater_than());
        let less = filter.and_then(|filter| filter.object_size_less_than());
        self.prefix = prefix.map(str::to_owned);
        self.tag_filters = (!tags.is_empty()).then_some(tags);
        let greater = greater.or(and.and_then(|and| and.object_size_greater_than()));
        let less = less.or(and.and_then(|and| and.object_size_less_than()));
        self.object_size_greater_than = greater.as_ref().map(Mirror::from_sdk);
        self.object_size_less_than = less.as_ref().map(Mirror::from_sdk);
    }
}

/// The legacy single form and the list together.
fn all<T: Clone>(one: &Option<T>, list: &Option<Vec<T>>) -> Option<Vec<T>> {
    let all: Vec<T> = one.iter().chain(list.iter().flatten()).cloned().collect();
    (!all.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rules_survive_the_way_there_and_back() {
        for written in [
            json!({"Id": "a", "Status": "Enabled", "ExpirationInDays": 30, "Prefix": "logs/"}),
            json!({"Status": "Enabled", "Prefix": "a/", "ObjectSizeGreaterThan": "1024", "TagFilters":
                [{"Key": "k", "Value": "v"}], "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 90}]}),
            json!({"Status": "Disabled", "TagFilters": [{"Key": "k", "Value": "v"}], "ExpirationDate":
                "2030-01-01T00:00:00Z"}),
        ] {
            let rule: Rule = serde_json::from_value(written.clone()).unwrap();
            assert_eq!(serde_json::to_value(Rule::from_sdk(&rule.to_sdk().unwrap())).unwrap(), written);
        }
    }

    #[test]
    fn one_condition_stands_alone_and_several_in_and() {
        let filter = |json| serde_json::from_value::<Rule>(json).unwrap().filter().unwrap();
        assert_eq!(filter(json!({})).prefix(), Some(""));
        assert!(filter(json!({"ObjectSizeLessThan": "5"})).and().is_none());
        assert!(filter(json!({"ObjectSizeLessThan": "5", "Prefix": "a"})).and().is_some());
    }
}
