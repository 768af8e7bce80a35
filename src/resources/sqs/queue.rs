use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::{Value, json};

use crate::aws::{AwsError, CallResult, Context};
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, NameRule, Properties, ReadRequest, ResourceId, Update,
    concurrently, tags,
};

/// `AWS::SQS::Queue`, identified by its URL. SQS gives queues one by one: two calls each, one where no tags are wanted.
pub struct Queue;

/// The attributes that can change, under the names that schema and API share, with what a new queue has without them.
/// Source: SQS API reference, `SetQueueAttributes`.
const ATTRIBUTES: [(&str, &str); 13] = [
    ("ContentBasedDeduplication", "false"),
    ("DeduplicationScope", "queue"),
    ("DelaySeconds", "0"),
    ("FifoThroughputLimit", "perQueue"),
    ("KmsDataKeyReusePeriodSeconds", "300"),
    ("KmsMasterKeyId", ""),
    ("MaximumMessageSize", "1048576"),
    ("MessageRetentionPeriod", "345600"),
    ("ReceiveMessageWaitTimeSeconds", "0"),
    ("RedriveAllowPolicy", ""),
    ("RedrivePolicy", ""),
    ("SqsManagedSseEnabled", "true"),
    ("VisibilityTimeout", "30"),
];

/// SQS keeps a deleted queue's name for 60 s. Source: SQS API reference, `DeleteQueue`.
const NAME_IS_FREE_AFTER: Duration = Duration::from_secs(90);

/// How people name one.
const FORMS: &[Form] = &[
    Form::new("NAME"),
    Form::new("https://sqs.REGION.amazonaws.com/ACCOUNT/NAME"),
    Form::new("URL"),
    Form::new("arn:PARTITION:sqs:REGION:ACCOUNT:NAME").giving("NAME"),
];

/// What AWS gives a new one. Source: SQS API reference, `SetQueueAttributes`.
const DEFAULTS: &[(&str, &str)] = &[
    ("/properties/ContentBasedDeduplication", "false"),
    ("/properties/DeduplicationScope", r#""queue""#),
    ("/properties/DelaySeconds", "0"),
    ("/properties/FifoQueue", "false"),
    ("/properties/FifoThroughputLimit", r#""perQueue""#),
    ("/properties/KmsDataKeyReusePeriodSeconds", "300"),
    ("/properties/MaximumMessageSize", "1048576"),
    ("/properties/MessageRetentionPeriod", "345600"),
    ("/properties/ReceiveMessageWaitTimeSeconds", "0"),
    ("/properties/SqsManagedSseEnabled", "true"),
    ("/properties/VisibilityTimeout", "30"),
];

#[async_trait]
impl Driver for Queue {
    fn type_name(&self) -> &'static str {
        "AWS::SQS::Queue"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    fn unread(&self) -> &'static [&'static str] {
        &["access policy"]
    }

    fn name_rule(&self) -> Option<NameRule> {
        let suffix = |properties: &Properties| if is_fifo(properties) { ".fifo" } else { "" };
        Some(NameRule { suffix, ..NameRule::new("QueueName", 80) })
    }

    fn stateful(&self) -> bool {
        true
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        concurrently("SQS", requests.iter().map(|request| read(cx, request))).await
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let (sqs, name) = (cx.sqs(), desired.text("QueueName"));
        // CreateQueue hands out a queue that exists already, with these attributes, as if it had just been made.
        if self.owned(cx, desired).await?.is_some_and(|(_, is_ours)| !is_ours) {
            return Err(AwsError::already_exists("sqs:CreateQueue", &format!("the queue {name}")).into());
        }
        let mut attributes = attributes(&desired.properties, |_| true);
        if is_fifo(&desired.properties) {
            attributes.insert(QueueAttributeName::FifoQueue, "true".to_owned());
        }
        let tags = tags::from_json(desired.properties.get("Tags"));
        let output = cx
            .wait("the name of a deleted queue to be free again", NAME_IS_FREE_AFTER)
            .retry(
                |error| error.code().contains("QueueDeletedRecently"),
                || async {
                    let call = sqs.create_queue().queue_name(name).set_attributes(Some(attributes.clone()));
                    call.set_tags(Some(tags.clone().into_iter().collect())).send().await.call("sqs:CreateQueue")
                },
            )
            .await?;
        let url = output.queue_url().ok_or_else(|| AwsError::missing("sqs:CreateQueue", "QueueUrl"))?;
        let outputs = json!({"QueueUrl": url, "Arn": arn(cx, name), "QueueName": name});
        Ok(Created { id: ResourceId::new(url), outputs: outputs.as_object().cloned().unwrap_or_default() })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        let (sqs, url) = (cx.sqs(), update.id.as_str());
        let mut changed = attributes(&update.desired.properties, |name| update.changes(&[name]));
        for (name, default) in ATTRIBUTES {
            if update.changes(&[name]) && !update.desired.properties.contains_key(name) {
                changed.insert(QueueAttributeName::from(name), default.to_owned());
            }
        }
        if !changed.is_empty() {
            let call = sqs.set_queue_attributes().queue_url(url).set_attributes(Some(changed));
            call.send().await.call("sqs:SetQueueAttributes")?;
        }
        if !update.tags.set.is_empty() {
            let set = update.tags.set.clone().into_iter().collect();
            sqs.tag_queue().queue_url(url).set_tags(Some(set)).send().await.call("sqs:TagQueue")?;
        }
        if !update.tags.remove.is_empty() {
            let call = sqs.untag_queue().queue_url(url).set_tag_keys(Some(update.tags.remove.clone()));
            call.send().await.call("sqs:UntagQueue")?;
        }
        Ok(())
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let call = cx.sqs().delete_queue().queue_url(deletion.id.as_str());
        call.send().await.call_optional("sqs:DeleteQueue").map(drop)
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        Ok(self.owned(cx, desired).await?.and_then(|(id, is_ours)| is_ours.then_some(id)))
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        let mut pages = cx.sqs().list_queues().max_results(1000).into_paginator().items().send();
        let mut urls = Vec::new();
        while let Some(url) = pages.next().await {
            urls.push(ResourceId::new(url.call("sqs:ListQueues")?));
        }
        Ok(urls)
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        if text.starts_with("http") {
            return Ok(Some(ResourceId::new(text)));
        }
        let output = cx.sqs().get_queue_url().queue_name(text).send().await.call_optional("sqs:GetQueueUrl")?;
        Ok(output.and_then(|output| output.queue_url().map(ResourceId::new)))
    }
}

impl Queue {
    /// The queue of that name and whether it is ours. One that was deleted a moment ago may still show: it has our tags, or
    /// none to read, and gives its name back.
    async fn owned(&self, cx: &Context, desired: &Desired) -> Result<Option<(ResourceId, bool)>, AwsError> {
        let Some(id) = self.resolve(cx, desired.text("QueueName")).await? else { return Ok(None) };
        let call = cx.sqs().list_queue_tags().queue_url(id.as_str());
        let Some(output) = call.send().await.call_optional("sqs:ListQueueTags")? else { return Ok(None) };
        let tags = output.tags().into_iter().flatten().map(|(key, value)| (key.as_str(), value.as_str()));
        let is_ours = desired.ownership.owns(tags);
        Ok(Some((id, is_ours)))
    }
}

async fn read(cx: &Context, request: &ReadRequest) -> Result<Option<Live>, AwsError> {
    let (sqs, url) = (cx.sqs(), request.id.as_str());
    let mut properties = Properties::new();
    if !request.wants_only("Tags") {
        let Some(attributes) = read_attributes(cx, url).await? else { return Ok(None) };
        properties.extend(attributes);
    }
    properties.insert("QueueUrl".into(), url.into());
    properties.insert("QueueName".into(), url.rsplit('/').next().unwrap_or(url).into());
    if request.wants("Tags") {
        let Some(output) = sqs.list_queue_tags().queue_url(url).send().await.call_optional("sqs:ListQueueTags")? else {
            return Ok(None);
        };
        let pairs = output.tags().into_iter().flatten();
        properties
            .insert("Tags".into(), tags::to_json(pairs.map(|(key, value)| (Some(key.as_str()), Some(value.as_str())))));
    }
    Ok(Some(Live::new(request.id.clone(), properties)))
}

async fn read_attributes(cx: &Context, url: &str) -> Result<Option<Properties>, AwsError> {
    let call = cx.sqs().get_queue_attributes().queue_url(url).attribute_names(QueueAttributeName::All);
    let Some(output) = call.send().await.call_optional("sqs:GetQueueAttributes")? else { return Ok(None) };
    let mut properties = Properties::new();
    for (name, text) in output.attributes().into_iter().flatten() {
        match name {
            QueueAttributeName::QueueArn => properties.insert("Arn".into(), text.as_str().into()),
            name => properties.insert(name.as_str().into(), value(name.as_str(), text)),
        };
    }
    // SQS answers with `FifoQueue` for FIFO queues only.
    properties.entry("FifoQueue").or_insert(false.into());
    Ok(Some(properties))
}

/// The written attributes as SQS takes them: every value a text, documents as JSON.
fn attributes(properties: &Properties, wanted: impl Fn(&str) -> bool) -> HashMap<QueueAttributeName, String> {
    let written = ATTRIBUTES.iter().filter(|(name, _)| wanted(name));
    written
        .filter_map(|(name, _)| {
            let text = match properties.get(*name)? {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            Some((QueueAttributeName::from(*name), text))
        })
        .collect()
}

/// SQS answers with texts; the schema has numbers, flags and documents.
fn value(name: &str, text: &str) -> Value {
    match name {
        "QueueName" | "KmsMasterKeyId" | "DeduplicationScope" | "FifoThroughputLimit" => text.into(),
        _ => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
    }
}

fn is_fifo(properties: &Properties) -> bool {
    properties.get("FifoQueue").and_then(Value::as_bool).unwrap_or(false)
}

fn arn(cx: &Context, name: &str) -> String {
    format!("arn:{}:sqs:{}:{}:{name}", cx.partition(), cx.region(), cx.account())
}
