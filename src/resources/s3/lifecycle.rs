use async_trait::async_trait;
use aws_sdk_s3::types;
use serde_json::{Map, Value, json as object};

use super::configuration::{Configuration, json, optional, typed};
use super::lifecycle_rule::Rule;
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::sdk;

/// When objects move to another storage class and when they are deleted.
pub struct Lifecycle;

properties! {
    struct LifecycleConfiguration {
        rules: Vec<Rule>,
        transition_default_minimum_object_size: String,
    }
}

#[async_trait]
impl Configuration for Lifecycle {
    fn property(&self) -> &'static str {
        "LifecycleConfiguration"
    }

    async fn get(&self, cx: &Context, bucket: &str) -> Result<Option<Value>, AwsError> {
        let result = cx.s3().get_bucket_lifecycle_configuration().bucket(bucket).send().await;
        let output = optional(result.call("s3:GetLifecycleConfiguration"))?;
        let found = output
            .map(|output| reflect!(LifecycleConfiguration, output, rules, transition_default_minimum_object_size));
        found.map(|found| json(&found)).transpose()
    }

    async fn put(&self, cx: &Context, bucket: &str, written: &Value) -> Result<(), AwsError> {
        let wanted: LifecycleConfiguration = typed(self.property(), written)?;
        let rules = types::BucketLifecycleConfiguration::builder().set_rules(sdk(&wanted.rules)?).build();
        let rules = rules.map_err(|error| AwsError::Invalid(error.to_string()))?;
        let call = cx.s3().put_bucket_lifecycle_configuration().bucket(bucket).lifecycle_configuration(rules);
        let call = assign!(call, wanted, transition_default_minimum_object_size);
        call.send().await.call("s3:PutLifecycleConfiguration").map(drop)
    }

    async fn clear(&self, cx: &Context, bucket: &str) -> Result<(), AwsError> {
        cx.s3().delete_bucket_lifecycle().bucket(bucket).send().await.call("s3:PutLifecycleConfiguration").map(drop)
    }
}

/// The forms that the schema keeps for old templates, brought to those that S3 answers with.
pub fn canonicalize(written: &mut Value) {
    for rule in written["Rules"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        into_list(rule, "Transition", "Transitions");
        into_list(rule, "NoncurrentVersionTransition", "NoncurrentVersionTransitions");
        if let Some(days) = rule.remove("NoncurrentVersionExpirationInDays") {
            rule.entry("NoncurrentVersionExpiration").or_insert(object!({"NoncurrentDays": days}));
        }
        for list in ["Transitions", "NoncurrentVersionTransitions"] {
            for item in rule.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
                if item["StorageClass"] == "Glacier" {
                    item["StorageClass"] = "GLACIER".into();
                }
            }
        }
    }
}

fn into_list(rule: &mut Map<String, Value>, one: &str, list: &str) {
    if let Some(item) = rule.remove(one)
        && let Some(items) = rule.entry(list).or_insert(object!([])).as_array_mut()
    {
        items.insert(0, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_forms_become_those_of_today() {
        let mut written = object!({"Rules": [{
            "Transition": {"StorageClass": "Glacier", "TransitionInDays": 30},
            "NoncurrentVersionExpirationInDays": 7,
        }]});
        canonicalize(&mut written);
        assert_eq!(
            written,
            object!({"Rules": [{
                "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 30}],
                "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
            }]})
        );
    }
}
