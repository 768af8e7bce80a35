use std::io::{BufRead, IsTerminal, Read};

use super::exit::Exit;
use super::user_error::UserError;
use crate::report::TerminalEcho;
use crate::report::printer::{err, errln};

/// A secret from the person at the terminal, who does not see it, or all of standard input without its last line end.
///
/// # Errors
/// Input that cannot be read or is not UTF-8; an interrupt, after which the terminal shows again what is typed.
pub async fn read_secret(key: &str) -> Result<String, UserError> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        let mut text = String::new();
        stdin.lock().read_to_string(&mut text)?;
        return Ok(without_line_end(text));
    }
    err!("value of `{key}` (not shown): ");
    let echo = TerminalEcho::off();
    let line = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    let line = tokio::select! {
        line = line => Some(line.map_err(|error| UserError::failed(error.to_string()))?),
        _ = tokio::signal::ctrl_c() => None,
    };
    drop(echo);
    // The line end that was typed was not shown either.
    errln!();
    let line = line.ok_or_else(|| UserError::new(Exit::Interrupted, "interrupted, and nothing was changed"))?;
    Ok(without_line_end(line?))
}

fn without_line_end(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}
