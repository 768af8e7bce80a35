use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::types;
use serde_json::Value;

use super::configuration::{Configuration, json, typed};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;

/// Whom S3 tells of what happens to objects.
pub struct Notification;

/// A queue's policy or a function's permission that was just written is not known everywhere at once.
const DESTINATION_IS_KNOWN_AFTER: Duration = Duration::from_secs(60);

properties! {
    struct NotificationConfiguration {
        event_bridge_configuration: EventBridge,
        lambda_configurations: Vec<LambdaTarget>,
        queue_configurations: Vec<QueueTarget>,
        topic_configurations: Vec<TopicTarget>,
    }
    struct EventBridge {
        event_bridge_enabled: bool,
    }
    struct LambdaTarget {
        event: String,
        filter: Filter,
        function: String,
    }
    struct QueueTarget {
        event: String,
        filter: Filter,
        queue: String,
    }
    struct TopicTarget {
        event: String,
        filter: Filter,
        topic: String,
    }
}

mirror! {
    struct Filter: types::NotificationConfigurationFilter {
        #[serde(rename = "S3Key")]
        key: KeyFilter,
    }
    struct KeyFilter: types::S3KeyFilter {
        #[serde(rename = "Rules")]
        filter_rules: Vec<FilterRule>,
    }
    struct FilterRule: types::FilterRule {
        name: String,
        value: String,
    }
}

/// The schema has one event an entry, the API a list of them: an entry there is as many here.
macro_rules! target {
    ($name:ident, $member:ident, $sdk:ty, $arn:ident) => {
        impl $name {
            fn to_sdk(&self) -> Result<$sdk, AwsError> {
                let filter = self.filter.as_ref().map(Mirror::to_sdk).transpose()?;
                let built = <$sdk>::builder().set_filter(filter);
                pastey::paste! {
                    let built = built.[<set_ $arn>](self.$member.clone());
                }
                let built = built.events(self.event.as_deref().unwrap_or_default().into()).build();
                built.map_err(|error| AwsError::Invalid(error.to_string()))
            }

            fn from_sdk(sdk: &$sdk) -> Vec<Self> {
                let filter = sdk.filter().map(Filter::from_sdk);
                let one = |event: &types::Event| Self {
                    event: Some(event.as_str().to_owned()),
                    filter: filter.clone(),
                    $member: Some(sdk.$arn().to_owned()),
                };
                sdk.events().iter().map(one).collect()
            }
        }
    };
}
target!(LambdaTarget, function, types::LambdaFunctionConfiguration, lambda_function_arn);
target!(QueueTarget, queue, types::QueueConfiguration, queue_arn);
target!(TopicTarget, topic, types::TopicConfiguration, topic_arn);

impl NotificationConfiguration {
    fn to_sdk(&self) -> Result<types::NotificationConfiguration, AwsError> {
        let lambdas = self.lambda_configurations.iter().flatten().map(LambdaTarget::to_sdk);
        let queues = self.queue_configurations.iter().flatten().map(QueueTarget::to_sdk);
        let topics = self.topic_configurations.iter().flatten().map(TopicTarget::to_sdk);
        let enabled = self.event_bridge_configuration.as_ref().and_then(|bridge| bridge.event_bridge_enabled);
        let bridge = enabled.unwrap_or(false).then(|| types::EventBridgeConfiguration::builder().build());
        Ok(types::NotificationConfiguration::builder()
            .set_lambda_function_configurations(Some(lambdas.collect::<Result<_, _>>()?))
            .set_queue_configurations(Some(queues.collect::<Result<_, _>>()?))
            .set_topic_configurations(Some(topics.collect::<Result<_, _>>()?))
            .set_event_bridge_configuration(bridge)
            .build())
    }
}

#[async_trait]
impl Configuration for Notification {
    fn property(&self) -> &'static str {
        "NotificationConfiguration"
    }

    async fn get(&self, cx: &Context, bucket: &str) -> Result<Option<Value>, AwsError> {
        let result = cx.s3().get_bucket_notification_configuration().bucket(bucket).send().await;
        let output = result.call("s3:GetBucketNotification")?;
        let lambdas = output.lambda_function_configurations().iter().flat_map(LambdaTarget::from_sdk).collect();
        let queues = output.queue_configurations().iter().flat_map(QueueTarget::from_sdk).collect();
        let topics = output.topic_configurations().iter().flat_map(TopicTarget::from_sdk).collect();
        let enabled = Some(output.event_bridge_configuration().is_some());
        let mut found = json(&NotificationConfiguration {
            event_bridge_configuration: Some(EventBridge { event_bridge_enabled: enabled }),
            lambda_configurations: Some(lambdas),
            queue_configurations: Some(queues),
            topic_configurations: Some(topics),
        })?;
        canonicalize(&mut found);
        Ok(Some(found))
    }

    async fn put(&self, cx: &Context, bucket: &str, written: &Value) -> Result<(), AwsError> {
        let mut written = written.clone();
        canonicalize(&mut written);
        let wanted: NotificationConfiguration = typed(self.property(), &written)?;
        let call = cx.s3().put_bucket_notification_configuration().bucket(bucket);
        let call = call.notification_configuration(wanted.to_sdk()?);
        cx.wait("the bucket to be let in by those it tells", DESTINATION_IS_KNOWN_AFTER)
            .retry(
                |error| {
                    error.to_string().contains("Unable to validate the following destination")
                        && cx.young().has("AWS::")
                },
                || async { call.clone().send().await.call("s3:PutBucketNotification") },
            )
            .await
            .map(drop)
    }

    async fn clear(&self, cx: &Context, bucket: &str) -> Result<(), AwsError> {
        self.put(cx, bucket, &serde_json::json!({})).await
    }
}

/// Filter names in lower case, as the API documents them, though S3 answers with `Prefix`; and entries in one order, which
/// means nothing.
pub fn canonicalize(written: &mut Value) {
    for list in ["LambdaConfigurations", "QueueConfigurations", "TopicConfigurations"] {
        let Some(Value::Array(items)) = written.get_mut(list) else { continue };
        for rule in
            items.iter_mut().filter_map(|item| item.pointer_mut("/Filter/S3Key/Rules")?.as_array_mut()).flatten()
        {
            if let Some(name) = rule.get_mut("Name")
                && let Some(lower) = name.as_str().map(str::to_lowercase)
            {
                *name = lower.into();
            }
        }
        items.sort_by_cached_key(|item| [sorted(item, "Event"), item.to_string()]);
    }
}

fn sorted(item: &Value, member: &str) -> String {
    item[member].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_of_several_events_is_as_many_entries() {
        let both = types::QueueConfiguration::builder().queue_arn("arn:aws:sqs:us-west-2:123456789012:jobs");
        let both = both.events("s3:ObjectCreated:*".into()).events("s3:ObjectRemoved:*".into()).build().unwrap();
        let events: Vec<_> = QueueTarget::from_sdk(&both).into_iter().filter_map(|target| target.event).collect();
        assert_eq!(events, ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]);
    }

    #[test]
    fn filter_names_are_lower_case_and_entries_sorted() {
        let entry = |event: &str, name: &str| json!({"Event": event, "Queue": "q", "Filter": {"S3Key": {"Rules": [{"Name": name, "Value": "a"}]}}});
        let mut written = json!({"QueueConfigurations": [entry("b", "Suffix"), entry("a", "prefix")]});
        canonicalize(&mut written);
        assert_eq!(written, json!({"QueueConfigurations": [entry("a", "prefix"), entry("b", "suffix")]}));
    }
}
