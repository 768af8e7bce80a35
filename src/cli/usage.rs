//! What clap says of the arguments: help, the version, and mistakes.

use std::io::ErrorKind;

use clap::error::ErrorKind as Kind;
use serde_json::json;

use super::exit::Exit;
use super::user_error::UserError;
use crate::report::document;

/// Help and the version go to stdout, mistakes to stderr; for programs all is one document.
pub fn told(error: &clap::Error) -> Exit {
    let exit = if error.use_stderr() { Exit::Failed } else { Exit::Done };
    if document::is_wanted() {
        let text = error.render().to_string();
        let facts = match error.kind() {
            Kind::DisplayVersion => json!({"infra": env!("CARGO_PKG_VERSION")}),
            Kind::DisplayHelp => json!({"help": text}),
            kind => mistake(kind, &text).json(),
        };
        // These are objects, so that telling them cannot fail.
        let _ = document::tell(&facts);
        if !error.use_stderr() {
            return exit;
        }
    }
    match error.print() {
        Err(failure) if failure.kind() != ErrorKind::BrokenPipe => Exit::Failed,
        _ => exit,
    }
}

/// clap's text in parts: what is wrong, tips, and how the command is used.
fn mistake(kind: Kind, text: &str) -> UserError {
    if kind == Kind::DisplayHelpOnMissingArgumentOrSubcommand {
        return UserError::failed("there is no command").hint("`infra --help` lists them");
    }
    let (head, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let (choices, message): (Vec<&str>, Vec<&str>) = head.lines().partition(|line| choice(line).is_some());
    let message = message.join("\n");
    let choices = choices.into_iter().filter_map(choice).map(str::to_owned);
    let parts = rest.lines().filter_map(|line| match line.trim().split_once(": ") {
        Some(("tip", tip)) => Some(tip.to_owned()),
        Some(("Usage", usage)) => Some(format!("usage: {usage}")),
        _ => None,
    });
    let error = UserError::failed(message.strip_prefix("error: ").unwrap_or(&message));
    choices.chain(parts).fold(error, UserError::hint)
}

/// What stands in a line like `  [possible values: dot, mermaid]`.
fn choice(line: &str) -> Option<&str> {
    line.trim().strip_prefix('[')?.strip_suffix(']')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::arguments::Arguments;
    use clap::CommandFactory;

    fn json(arguments: &[&str]) -> serde_json::Value {
        let words = std::iter::once("infra").chain(arguments.iter().copied());
        let error = Arguments::command().try_get_matches_from(words).expect_err("a mistake");
        mistake(error.kind(), &error.render().to_string()).json()
    }

    #[test]
    fn mistakes_are_told_in_parts() {
        let told = json(&["plan", "--taget", "x"]);
        assert_eq!(told["error"]["message"], "unexpected argument '--taget' found");
        assert_eq!(
            told["error"]["hints"],
            serde_json::json!(["a similar argument exists: '--target'", "usage: infra plan --target <ADDRESS>"])
        );
        let told = json(&["state", "mv"]);
        assert_eq!(told["error"]["message"], "the following required arguments were not provided:\n  <FROM>\n  <TO>");
        assert_eq!(json(&[])["error"]["message"], "there is no command");
        let told = json(&["graph", "--format", "svg"]);
        assert_eq!(told["error"]["message"], "invalid value 'svg' for '--format <FORMAT>'");
        assert_eq!(told["error"]["hints"], serde_json::json!(["possible values: dot, mermaid"]));
        let told = json(&["--json"]);
        assert_eq!(told["error"]["message"], "'infra' requires a subcommand but one was not provided");
        assert_eq!(json(&["plan", "--set", "x"])["error"]["exit"], 1);
    }
}
