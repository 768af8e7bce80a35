//! The command line: one file a subcommand, each only arguments and orchestration.

mod apply;
mod arguments;
mod choice;
mod cipher;
mod completions;
mod connection;
mod destroy;
mod drift;
mod execution;
mod exit;
mod file_head;
mod global;
mod graph;
mod hold;
mod import;
mod init;
mod interrupts;
mod locking;
mod masked_log;
mod missing;
mod outputs;
mod plan;
mod planning;
mod prompt;
mod push;
mod recovery;
mod refresh;
mod run;
mod schema;
mod stack_state;
mod state;
mod user_error;
mod validate;
mod workspace;

pub use run::run;
