//! A fault of infra itself, which must not keep a run from giving its lock back.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{AssertUnwindSafe, PanicHookInfo, set_hook};

use futures::FutureExt;

use super::user_error::UserError;
use crate::report::printer::errln;

/// Has a panic told by its place alone: its message may hold a secret, and is told with the error that it becomes.
pub fn tell_places() {
    set_hook(Box::new(tell_place));
}

fn tell_place(panic: &PanicHookInfo<'_>) {
    if let Some(place) = panic.location() {
        errln!("internal error at {place}");
    }
    // Only where RUST_BACKTRACE asks for one.
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        errln!("{backtrace}");
    }
}

/// Work whose panic is an error like any other.
///
/// # Errors
/// The work's own, and an internal error where it panics.
pub async fn or_internal_error<T>(work: impl Future<Output = Result<T, UserError>>) -> Result<T, UserError> {
    // What the work left behind half done is only read afterwards, to be saved.
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|panic| Err(internal_error(&*panic)))
}

fn internal_error(panic: &(dyn Any + Send)) -> UserError {
    let message = panic.downcast_ref::<&str>().copied();
    let message = message.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("(no message)");
    UserError::failed(format!("internal error: {message}"))
        .hint("this is a fault of infra: please report it, with the command and what it printed")
        .hint("what a run was at is in the journal: run the command again, and it goes on from there")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_and_an_error_stays_what_it_was() {
        let fails = async { Err::<(), _>(UserError::failed("no such thing")) };
        assert_eq!(or_internal_error(fails).await.unwrap_err().message, "no such thing");
        let panics = async { Err::<(), _>(UserError::failed(["a"][std::env::args().count() + 1])) };
        let error = or_internal_error(panics).await.unwrap_err();
        assert!(error.message.starts_with("internal error: index out of bounds"), "{}", error.message);
    }
}
