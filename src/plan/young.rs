//! Objects that AWS has just made and may not show yet.

use std::collections::HashMap;
use std::time::Duration;

use super::live::Question;
use super::{LiveReader, PlanError};
use crate::address::Address;
use crate::resources::{Live, SHOWN_WITHIN};
use crate::state::ResourceState;

/// The pauses between two questions for what does not show yet, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// How much longer the object of a resource may not show although it is there.
pub fn invisible_for(state: &ResourceState) -> Duration {
    state.age().map_or(Duration::ZERO, |age| SHOWN_WITHIN.saturating_sub(age))
}

/// Reads objects; one that is missing and young is asked for again until it shows or `patience` with it is over.
///
/// # Errors
/// As `LiveReader::read`.
pub async fn read(
    reader: &LiveReader<'_>,
    questions: Vec<Question>,
    patience: &dyn Fn(&Address) -> Duration,
) -> Result<HashMap<Address, Option<Live>>, PlanError> {
    let mut found = reader.read(questions.clone()).await?;
    let mut pause = FIRST_PAUSE;
    loop {
        let is_missing = |address: &Address| found.get(address).is_some_and(Option::is_none);
        let missing: Vec<Question> = questions
            .iter()
            .filter(|question| is_missing(&question.address) && !patience(&question.address).is_zero())
            .cloned()
            .collect();
        let Some(longest) = missing.iter().map(|question| patience(&question.address)).max() else { return Ok(found) };
        tokio::time::sleep(pause.min(longest)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        found.extend(reader.read(missing).await?);
    }
}
