use super::exit::Exit;
use crate::aws::{AwsError, ErrorKind};
use crate::graph::CycleError;
use crate::plan::PlanError;
use crate::stack::Diagnostics;
use crate::state::StateError;

/// The one error that people see: what is wrong, what to do about it, and the exit code.
#[derive(Debug)]
pub struct UserError {
    pub message: String,
    pub hints: Vec<String>,
    pub exit: Exit,
}

impl UserError {
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { message: message.into(), hints: Vec::new(), exit }
    }

    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// As it is printed to stderr.
    pub fn text(&self) -> String {
        let hints: String = self.hints.iter().map(|hint| format!("hint: {hint}\n")).collect();
        // Diagnostics bring their own heads, one each.
        let head = if self.message.starts_with("error") { "" } else { "error: " };
        format!("{head}{}\n{hints}", self.message.trim_end())
    }
}

impl From<Diagnostics> for UserError {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::new(Exit::InvalidStack, diagnostics.to_string())
    }
}

impl From<AwsError> for UserError {
    fn from(error: AwsError) -> Self {
        match error.kind() {
            ErrorKind::Credentials => Self::new(Exit::Account, format!("AWS does not accept the credentials: {error}"))
                .hint("choose a profile with --profile or AWS_PROFILE, or sign in again, `aws sso login`"),
            ErrorKind::Network => Self::failed(format!("AWS cannot be reached: {error}"))
                .hint("check the network, the region, and AWS_ENDPOINT_URL if it is set"),
            ErrorKind::Denied => Self::failed(error.to_string()).hint("the role lacks this permission"),
            _ => Self::failed(error.to_string()),
        }
    }
}

impl From<PlanError> for UserError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Stack(diagnostics) => diagnostics.into(),
            PlanError::Cycle(cycle) => cycle.into(),
            PlanError::NoSuchResource { .. } => Self::new(Exit::InvalidStack, error.to_string()),
            PlanError::Read { what, error } => {
                let inner = Self::from(error);
                Self { message: format!("cannot read {what}: {}", inner.message), ..inner }
            }
            PlanError::NoDriver { .. } => Self::failed(error.to_string()),
        }
    }
}

impl From<CycleError> for UserError {
    fn from(error: CycleError) -> Self {
        Self::new(Exit::InvalidStack, error.to_string())
    }
}

impl From<std::io::Error> for UserError {
    fn from(error: std::io::Error) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<serde_json::Error> for UserError {
    fn from(error: serde_json::Error) -> Self {
        Self::failed(format!("JSON: {error}"))
    }
}

impl From<StateError> for UserError {
    fn from(error: StateError) -> Self {
        let exit = match &error {
            StateError::Locked { .. } => Exit::Locked,
            StateError::AccountMismatch { .. } => Exit::Account,
            _ => Exit::Failed,
        };
        Self::new(exit, error.to_string())
    }
}
