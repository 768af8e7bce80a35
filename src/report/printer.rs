//! The one way out. What the program says goes through here, so that a stream that takes nothing ends no run: a full disk
//! behind it, a terminal that is gone, a reader that has enough.

use std::io::{Error, ErrorKind, Write};
use std::sync::OnceLock;

use super::document;

/// Why stdout did not take all of the results.
static FAILURE: OnceLock<Error> = OnceLock::new();

/// Results for people, to stdout. Where that is for programs, they are messages.
pub fn result(text: &str) {
    if document::is_wanted() { message(text) } else { to_stdout(text) }
}

/// To stdout. After the first failure nothing more is tried.
pub fn to_stdout(text: &str) {
    if FAILURE.get().is_some() {
        return;
    }
    let mut stdout = anstream::stdout();
    if let Err(error) = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        FAILURE.get_or_init(|| error);
    }
}

/// Progress and messages, to stderr. Nobody is left to tell where it fails.
pub fn message(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// What of the results was not taken, and why. A reader that closed its end has all that it wanted.
pub fn lost() -> Option<&'static Error> {
    FAILURE.get().filter(|error| error.kind() != ErrorKind::BrokenPipe)
}

macro_rules! out {
    ($($text:tt)*) => { $crate::report::printer::result(&format!($($text)*)) };
}

macro_rules! outln {
    ($($text:tt)*) => { $crate::report::printer::result(&(format!($($text)*) + "\n")) };
}

macro_rules! err {
    ($($text:tt)*) => { $crate::report::printer::message(&format!($($text)*)) };
}

macro_rules! errln {
    () => { $crate::report::printer::message("\n") };
    ($($text:tt)*) => { $crate::report::printer::message(&(format!($($text)*) + "\n")) };
}

pub(crate) use {err, errln, out, outln};
