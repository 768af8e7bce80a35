use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;

/// Keeps the `Date` header of one answer: the server's clock, against which its `Last-Modified` gives an object's age
/// whatever our own clock shows. The SDK's outputs do not carry it.
#[derive(Debug, Clone, Default)]
pub(super) struct ResponseDate(Arc<Mutex<Option<String>>>);

impl ResponseDate {
    /// How long before the answer `modified` was.
    pub fn age(&self, modified: Option<&DateTime>) -> Option<Duration> {
        let date = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let now = DateTime::from_str(&date, Format::HttpDate).ok()?;
        Some(Duration::from_secs(u64::try_from(now.secs() - modified?.secs()).unwrap_or_default()))
    }
}

impl Intercept for ResponseDate {
    fn name(&self) -> &'static str {
        "ResponseDate"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date").map(<_>::from_str).transpose()?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = date;
        Ok(())
    }
}
