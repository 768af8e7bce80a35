use futures::{StreamExt, TryStreamExt, stream};

use super::CallBudget;
use crate::aws::AwsError;

/// Runs the calls of one batch to a service, as many at once as it takes; results stay in the calls' order.
///
/// # Errors
/// The first that any call fails with.
pub async fn concurrently<T, F>(service: &str, calls: impl IntoIterator<Item = F>) -> Result<Vec<T>, AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
{
    // Collected first: a stream that borrows the caller's closure is not `Send` for every lifetime.
    let calls: Vec<F> = calls.into_iter().collect();
    stream::iter(calls).buffered(CallBudget::of_service(service).reads).try_collect().await
}
