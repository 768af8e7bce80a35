use serde::{Deserialize, Serialize};

use super::process;

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub user: String,
    pub host: String,
    pub pid: u32,
    /// The command as it was typed.
    pub command: String,
    /// Where to look at the run: the URL of a CI job; empty elsewhere.
    #[serde(rename = "where", default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// The machine since its last boot, and the process namespace on it: where process numbers can be compared. A host's
    /// name does not tell: containers share one, and so do laptops.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    /// When the process began, so that another one with its number is not taken for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process_started: Option<String>,
}

impl Holder {
    /// This process. What it is told about its user, host and command it has from the caller.
    pub fn this_process(user: &str, host: &str, command: &str, place: &str) -> Self {
        let pid = std::process::id();
        Self {
            user: user.to_owned(),
            host: host.to_owned(),
            pid,
            command: command.to_owned(),
            place: place.to_owned(),
            machine: process::machine(),
            process_started: process::started(pid),
        }
    }

    /// True if the process surely does not run any more. Only the machine it ran on can tell.
    pub fn is_gone(&self) -> bool {
        self.is_of_this_machine() && process::is_gone(self.pid, self.process_started.as_deref())
    }

    /// True if the process surely runs, or sleeps, on this machine.
    pub fn is_alive_here(&self) -> bool {
        self.is_of_this_machine() && !process::is_gone(self.pid, self.process_started.as_deref())
    }

    fn is_of_this_machine(&self) -> bool {
        self.machine.is_some() && self.machine == process::machine()
    }
}
