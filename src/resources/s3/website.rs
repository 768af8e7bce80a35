use async_trait::async_trait;
use aws_sdk_s3::types;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::configuration::{Configuration, json, optional, typed};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;

/// The bucket as a web site.
pub struct Website;

mirror! {
    struct WebsiteConfiguration: types::WebsiteConfiguration {
        error_document: Document,
        index_document: Document,
        redirect_all_requests_to: RedirectAllRequestsTo,
        routing_rules: Vec<RoutingRule>,
    }
    struct RedirectAllRequestsTo: types::RedirectAllRequestsTo {
        host_name: String,
        protocol: String,
    }
    struct RoutingRule: types::RoutingRule {
        #[serde(rename = "RedirectRule")]
        redirect: RedirectRule,
        #[serde(rename = "RoutingRuleCondition")]
        condition: RoutingRuleCondition,
    }
    struct RedirectRule: types::Redirect {
        host_name: String,
        http_redirect_code: String,
        protocol: String,
        replace_key_prefix_with: String,
        replace_key_with: String,
    }
    struct RoutingRuleCondition: types::Condition {
        http_error_code_returned_equals: String,
        key_prefix_equals: String,
    }
}

/// A document's name: a text in the schema, an object of one member in the API.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Document(String);

impl Mirror<types::IndexDocument> for Document {
    fn to_sdk(&self) -> Result<types::IndexDocument, AwsError> {
        let built = types::IndexDocument::builder().suffix(&self.0).build();
        built.map_err(|error| AwsError::Invalid(error.to_string()))
    }

    fn from_sdk(sdk: &types::IndexDocument) -> Self {
        Self(sdk.suffix().to_owned())
    }
}

impl Mirror<types::ErrorDocument> for Document {
    fn to_sdk(&self) -> Result<types::ErrorDocument, AwsError> {
        let built = types::ErrorDocument::builder().key(&self.0).build();
        built.map_err(|error| AwsError::Invalid(error.to_string()))
    }

    fn from_sdk(sdk: &types::ErrorDocument) -> Self {
        Self(sdk.key().to_owned())
    }
}

#[async_trait]
impl Configuration for Website {
    fn property(&self) -> &'static str {
        "WebsiteConfiguration"
    }

    async fn get(&self, cx: &Context, bucket: &str) -> Result<Option<Value>, AwsError> {
        let result = cx.s3().get_bucket_website().bucket(bucket).send().await;
        let Some(output) = optional(result.call("s3:GetBucketWebsite"))? else { return Ok(None) };
        let found = reflect!(
            WebsiteConfiguration,
            output,
            error_document,
            index_document,
            redirect_all_requests_to,
            routing_rules,
        );
        json(&found).map(Some)
    }

    async fn put(&self, cx: &Context, bucket: &str, written: &Value) -> Result<(), AwsError> {
        let wanted: WebsiteConfiguration = typed(self.property(), written)?;
        let call = cx.s3().put_bucket_website().bucket(bucket).website_configuration(wanted.to_sdk()?);
        call.send().await.call("s3:PutBucketWebsite").map(drop)
    }

    async fn clear(&self, cx: &Context, bucket: &str) -> Result<(), AwsError> {
        cx.s3().delete_bucket_website().bucket(bucket).send().await.call("s3:DeleteBucketWebsite").map(drop)
    }
}
