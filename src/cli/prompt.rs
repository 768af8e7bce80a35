use std::io::{BufRead, IsTerminal};

use super::exit::Exit;
use super::user_error::UserError;
use crate::report::printer::err;

/// Asks for a word and takes only that word as consent. Without a terminal nobody can answer, so nothing is asked.
///
/// # Errors
/// `Failed` where there is no terminal, with `otherwise`, the ways to consent without one.
pub async fn confirm(question: &str, word: &str, otherwise: &str) -> Result<bool, UserError> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(UserError::new(Exit::Failed, "there is no terminal to ask for approval").hint(otherwise));
    }
    err!("{question} Type `{word}` to go on: ");
    // Reading blocks until somebody answers, and an interrupt must not wait for that.
    let answer = tokio::task::spawn_blocking(|| {
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer).map(|_| answer)
    });
    let answer = answer.await.map_err(|error| UserError::failed(error.to_string()))??;
    Ok(answer.trim() == word)
}
