use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::arguments::Arguments;
use super::exit::Exit;
use super::user_error::UserError;
use crate::report::printer::out;

#[derive(Debug, Args)]
pub struct Completions {
    /// The shell to write for
    shell: Shell,
}

impl Completions {
    pub fn run(&self) -> Result<Exit, UserError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "infra", &mut script);
        // Unlike the generator, this does not mind a reader that has enough.
        out!("{}", String::from_utf8_lossy(&script));
        Ok(Exit::Done)
    }
}
