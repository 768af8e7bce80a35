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
    let numbered = calls.into_iter().enumerate().map(|(index, call)| async move {
        let result = call.await?;
        Ok::<_, AwsError>((index, result))
    });
    let at_once = CallBudget::of_service(service).reads;
    let mut results: Vec<(usize, T)> = stream::iter(numbered).buffer_unordered(at_once).try_collect().await?;
    results.sort_unstable_by_key(|(index, _)| *index);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}
