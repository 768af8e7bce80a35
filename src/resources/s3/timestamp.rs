use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::{Deserialize, Serialize};

use crate::aws::AwsError;
use crate::resources::mirror::Mirror;

/// A moment as the schema has it, `2026-12-31T00:00:00Z`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(String);

impl Mirror<DateTime> for Timestamp {
    fn to_sdk(&self) -> Result<DateTime, AwsError> {
        DateTime::from_str(&self.0, Format::DateTime)
            .map_err(|error| AwsError::Invalid(format!("{} is no date: {error}", self.0)))
    }

    fn from_sdk(sdk: &DateTime) -> Self {
        Self(sdk.fmt(Format::DateTime).unwrap_or_default())
    }
}
