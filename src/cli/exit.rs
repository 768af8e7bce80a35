/// What the process ends with; scripts rely on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    Failed = 1,
    /// `plan --detailed-exitcode` and `drift`: there are some.
    Changes = 2,
    InvalidStack = 3,
    Locked = 4,
    /// By protection or policy.
    Refused = 5,
    /// Credentials or account.
    Account = 6,
    Interrupted = 130,
}

impl Exit {
    pub const HELP: &'static str = "Exit codes: 0 done; 1 failed; 2 changes or drift (plan --detailed-exitcode, drift); \
        3 invalid stack; 4 locked; 5 refused by protection or policy; 6 credentials or account; 130 interrupted";
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
