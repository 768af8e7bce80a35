use clap::{Args, CommandFactory};
use clap_complete::Shell;
use serde_json::json;

use super::arguments::Arguments;
use super::exit::Exit;
use super::global::Global;
use super::user_error::UserError;
use crate::report::document;
use crate::report::printer::out;

#[derive(Debug, Args)]
pub struct Completions {
    /// The shell to write for
    shell: Shell,
}

impl Completions {
    pub fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "infra", &mut script);
        if global.json {
            let script = String::from_utf8_lossy(&script);
            document::tell(&json!({"shell": self.shell.to_string(), "script": script}))?;
            return Ok(Exit::Done);
        }
        // Unlike the generator, this does not mind a reader that has enough.
        out!("{}", String::from_utf8_lossy(&script));
        Ok(Exit::Done)
    }
}
