use futures::{StreamExt, TryStreamExt, stream};

use super::history::read;
use super::user_error::UserError;
use crate::history::{HistoryRecord, RunKind};
use crate::state::{History, Session, Snapshot};

/// Records fetched at a time.
const AT_ONCE: usize = 16;

/// What a rollback goes back to.
pub struct RollbackTarget {
    pub record: HistoryRecord,
    /// The records after it, in their order.
    pub later: Vec<HistoryRecord>,
}

impl RollbackTarget {
    /// The record of this number, or without one the newest that is worth to go back to.
    ///
    /// # Errors
    /// Where there is none, or none with inputs.
    pub async fn choose(session: &Session, number: Option<u64>) -> Result<Self, UserError> {
        let history = session.history();
        let numbers = history.numbers().await?;
        let target = match number {
            Some(number) => Self::named(&history, &numbers, number).await?,
            None => Self::standard(&history, &numbers, &session.snapshot()).await?,
        };
        target.with_inputs()
    }

    pub fn none(why: &str) -> UserError {
        UserError::failed(format!("there is nothing to go back to: {why}"))
            .hint("name a run with --to; `infra history` lists them")
    }

    async fn named(history: &History, numbers: &[u64], number: u64) -> Result<Self, UserError> {
        let record = read(history, numbers, number).await?;
        let later = numbers.iter().copied().filter(|later| *later > number);
        let later = stream::iter(later).map(|later| read(history, numbers, later)).buffered(AT_ONCE);
        Ok(Self { record, later: later.try_collect().await? })
    }

    /// The newest run before the last one that reached its inputs, where those are not what the last one already had.
    /// After a destroy they may be: then going back makes everything again.
    async fn standard(history: &History, numbers: &[u64], state: &Snapshot) -> Result<Self, UserError> {
        let (mut later, mut last) = (Vec::<HistoryRecord>::new(), None::<HistoryRecord>);
        for number in numbers.iter().rev() {
            let record = read(history, numbers, *number).await?;
            let is_gone_from = match &last {
                // What left something unsettled, and no record, is what is gone from.
                None => {
                    let recorded = later.first().unwrap_or(&record).serial_after;
                    state.serial > recorded && state.unsettled().next().is_some()
                }
                Some(last) => last.kind == RunKind::Destroy || !record.has_inputs_of(last),
            };
            if is_gone_from && record.reached_inputs() {
                later.reverse();
                return Ok(Self { record, later });
            }
            if last.is_none() && record.may_have_applied() {
                last = Some(record.clone());
            }
            later.push(record);
        }
        Err(match last {
            None => Self::none("no run has left a record yet"),
            Some(_) => Self::none("no earlier run applied the whole stack with success and other inputs"),
        })
    }

    fn with_inputs(self) -> Result<Self, UserError> {
        let number = self.record.number;
        match (self.record.kind, &self.record.inputs) {
            (RunKind::Destroy, _) => Err(UserError::failed(format!("record {number} is the end of the stack"))
                .hint("`infra destroy` destroys it again; name a run before it to make it again")),
            (_, None) => Err(UserError::failed(format!("record {number} has no stack file to go back to"))),
            _ => Ok(self),
        }
    }
}
