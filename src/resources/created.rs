use super::{Properties, ResourceId};
use crate::aws::AwsError;

/// A new object, usable, with every output its schema names.
#[derive(Debug)]
pub struct Created {
    pub id: ResourceId,
    /// At least the schema's `readOnlyProperties` and the identifier; what expressions may refer to.
    pub outputs: Properties,
}

/// A create that did not finish.
#[derive(Debug)]
pub struct CreateError {
    pub error: AwsError,
    /// The object, if it exists already: the next run finishes it instead of making another.
    pub partial: Option<ResourceId>,
}

impl CreateError {
    /// The object exists, and something after its creation failed.
    pub fn partial(id: &ResourceId, error: AwsError) -> Self {
        Self { error, partial: Some(id.clone()) }
    }
}

impl From<AwsError> for CreateError {
    fn from(error: AwsError) -> Self {
        Self { error, partial: None }
    }
}
