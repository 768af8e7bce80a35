use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args};

use crate::secrets::Secrets;

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The stack: `stacks/NAME.yaml`, or the file whose `match` fits
    #[arg(long, short, global = true, env = "INFRA_STACK", default_value = "dev", value_name = "NAME")]
    pub stack: String,
    /// Work as if started in this folder
    #[arg(long, short = 'C', global = true, value_name = "FOLDER")]
    pub chdir: Option<PathBuf>,
    /// The profile of the shared AWS configuration
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Override a `config` value of the stack file; may be repeated
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = key_value)]
    pub set: Vec<(String, String)>,
    /// Where state is kept, instead of what the stack file says: `s3://BUCKET/PREFIX` or a folder
    #[arg(long, global = true, value_name = "LOCATION")]
    pub state: Option<String>,
    /// Print for programs
    #[arg(long, global = true)]
    pub json: bool,
    /// How long one attempt of a call to AWS may take before it is made again, `60s`
    #[arg(long, global = true, env = "INFRA_CALL_TIMEOUT", value_name = "DURATION", hide_short_help = true)]
    #[arg(value_parser = humantime::parse_duration)]
    pub call_timeout: Option<Duration>,
    /// No colours, also on a terminal (as NO_COLOR)
    #[arg(long, global = true)]
    pub no_color: bool,
    /// Log what happens to stderr; twice for more (as INFRA_LOG=debug)
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// The secret texts that the run meets: covered in all that it prints.
    #[arg(skip)]
    pub secrets: Secrets,
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or_else(|| format!("`{text}` has no `=`"))?;
    Ok((key.to_owned(), value.to_owned()))
}
