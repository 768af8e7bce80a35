use std::io::IsTerminal;
use std::process::ExitCode;

use clap::builder::{Arg, Resettable};
use clap::{CommandFactory, FromArgMatches};
use serde_json::Value as Json;
use tracing_subscriber::EnvFilter;

use super::arguments::{Arguments, Command};
use super::exit::Exit;
use super::global::Global;
use super::masked_log::MaskedLog;
use super::panics::{self, or_internal_error};
use super::usage;
use super::user_error::UserError;
use super::variable::variable;
use crate::report::document;
use crate::report::printer::{self, err, errln};
use crate::secrets::Secrets;

/// Parses the arguments, runs the command, prints what went wrong.
pub fn run() -> ExitCode {
    // Mistakes in the arguments are for whom the arguments say, as far as they can be read.
    if std::env::args_os().skip(1).take_while(|argument| argument != "--").any(|argument| argument == "--json") {
        document::want();
    }
    let arguments = match parse() {
        Ok(arguments) => arguments,
        Err(error) => return with_results(usage::told(&error)).into(),
    };
    panics::tell_places();
    let secrets = arguments.global.secrets.clone();
    let exit = prepare(&arguments.global).and_then(|()| block_on(arguments)).unwrap_or_else(|error| {
        tell_error(&error, &secrets);
        err!("{}", secrets.mask(&error.text()));
        error.exit
    });
    with_results(exit).into()
}

/// What covers secrets in texts covers them in the texts of a document.
fn tell_error(error: &UserError, secrets: &Secrets) {
    // An error is an object, so that telling it cannot fail.
    let _ = document::tell(&masked(error.json(), secrets));
}

fn masked(json: Json, secrets: &Secrets) -> Json {
    match json {
        Json::String(text) => secrets.mask(&text).into(),
        Json::Array(items) => items.into_iter().map(|item| masked(item, secrets)).collect(),
        Json::Object(entries) => entries.into_iter().map(|(key, value)| (key, masked(value, secrets))).collect(),
        other => other,
    }
}

/// All commands and what they take.
pub fn command() -> clap::Command {
    Arguments::command()
}

fn parse() -> Result<Arguments, clap::Error> {
    let mut command = command().mut_args(without_empty_variable);
    let matches = command.try_get_matches_from_mut(std::env::args_os())?;
    Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// A variable that is set to nothing counts as not set; clap would take it for a value.
fn without_empty_variable(argument: Arg) -> Arg {
    let is_empty = argument.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    if is_empty { argument.env(Resettable::Reset) } else { argument }
}

/// What did not reach stdout is no success, whatever else the command did.
fn with_results(exit: Exit) -> Exit {
    if document::is_wanted() {
        printer::to_stdout(&(document::take() + "\n"));
    }
    let Some(error) = printer::lost() else { return exit };
    errln!("error: stdout did not take the whole result: {error}");
    match exit {
        Exit::Done | Exit::Changes => Exit::Failed,
        other => other,
    }
}

fn prepare(global: &Global) -> Result<(), UserError> {
    if global.no_color || global.json {
        anstream::ColorChoice::Never.write_global();
    }
    start_log(global);
    if let Some(folder) = &global.chdir {
        let explain = |error| UserError::failed(format!("cannot work in {}: {error}", folder.display()));
        std::env::set_current_dir(folder).map_err(explain)?;
    }
    Ok(())
}

/// `INFRA_LOG` takes what `RUST_LOG` takes, which counts where it is not set; `-v` is its short form.
fn start_log(global: &Global) {
    let standard = match global.verbose {
        0 => "off",
        1 => "infra=debug,aws_config=info",
        _ => "infra=trace,aws_smithy_runtime=debug,aws_config=debug",
    };
    let asked = ["INFRA_LOG", "RUST_LOG"].iter().find_map(|name| variable(name));
    let filter = asked.map_or_else(|| EnvFilter::new(standard), EnvFilter::new);
    let secrets = global.secrets.clone();
    let is_coloured =
        std::io::stderr().is_terminal() && anstream::ColorChoice::global() != anstream::ColorChoice::Never;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(is_coloured);
    log.with_writer(move || MaskedLog::new(secrets.clone())).init();
}

fn block_on(arguments: Arguments) -> Result<Exit, UserError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(or_internal_error(dispatch(arguments)));
    // Calls that were given up must not keep the process alive.
    runtime.shutdown_background();
    result
}

async fn dispatch(arguments: Arguments) -> Result<Exit, UserError> {
    let global = &arguments.global;
    match &arguments.command {
        Command::Init(command) => command.run(global).await,
        Command::Validate(command) => command.run(global),
        Command::Plan(command) => command.run(global).await,
        Command::Apply(command) => command.run(global).await,
        Command::Destroy(command) => command.run(global).await,
        Command::Import(command) => command.run(global).await,
        Command::Drift(command) => command.run(global).await,
        Command::Refresh(command) => command.run(global).await,
        Command::Outputs(command) => command.run(global).await,
        Command::Graph(command) => command.run(global),
        Command::Config(command) => command.run(global).await,
        Command::History(command) => command.run(global).await,
        Command::Rollback(command) => command.run(global).await,
        Command::State(command) => command.run(global).await,
        Command::Schema(command) => command.run(global),
        Command::Completions(command) => command.run(global),
    }
}
