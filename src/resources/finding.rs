use super::{Desired, Driver, ResourceId};
use crate::aws::{AwsError, Context};

/// The object that an earlier create of exactly this may have made. The only way to `Driver::find`: what an address of state
/// holds is never given to another one.
///
/// # Errors
/// Those of the driver's calls.
pub async fn find(driver: &dyn Driver, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
    Ok(driver.find(cx, desired).await?.filter(|id| !desired.held.contains(id)))
}
