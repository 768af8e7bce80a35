use std::time::Duration;

use super::typed_command::typed_command;
use super::user_error::UserError;
use crate::history::{Cover, HistoryRecord};
use crate::report::printer::errln;
use crate::secrets::Secrets;
use crate::state::{FingerprintKey, History};

/// A run that is over must not wait long for its record, with a lock that others may want.
const PATIENCE: Duration = Duration::from_secs(10);

/// Waits for the record of a run. What was done is done, and in state: a record that cannot be written is no reason to
/// fail.
pub async fn or_warn(whose: &str, write: impl Future<Output = Result<(), UserError>>) {
    let error = match tokio::time::timeout(PATIENCE, write).await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.message,
        Err(_) => format!("the state store did not answer within {} s", PATIENCE.as_secs()),
    };
    errln!("warning: {whose} is not in the history: {error}");
}

/// What covers the secrets of this run in its record.
pub fn cover<'a>(secrets: &'a Secrets, key: &'a FingerprintKey) -> Result<Cover<'a>, UserError> {
    Cover::new(secrets, key).map_err(|error| UserError::failed(error.to_string()))
}

/// The command line of this process, covered.
pub fn this_command(cover: &Cover<'_>) -> String {
    typed_command(std::env::args().skip(1), |text| cover.text(text))
}

pub async fn append(history: &History, record: HistoryRecord) -> Result<(), UserError> {
    history.append(|number| HistoryRecord { number, ..record.clone() }).await?;
    Ok(())
}
