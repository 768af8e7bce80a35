use futures::{StreamExt, TryStreamExt, stream};

use crate::aws::AwsError;

/// How many calls of one batch are under way at once, for types that AWS only gives one by one.
const IN_FLIGHT: usize = 16;

/// Runs the calls of one batch, several at once; results stay in the calls' order.
///
/// # Errors
/// The first that any call fails with.
pub async fn concurrently<T, F>(calls: impl IntoIterator<Item = F>) -> Result<Vec<T>, AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
{
    // Collected first: a stream that borrows the caller's closure is not `Send` for every lifetime.
    let calls: Vec<F> = calls.into_iter().collect();
    stream::iter(calls).buffered(IN_FLIGHT).try_collect().await
}
