use serde_json::{Value as Json, json};

use super::exit::Exit;
use super::told_diagnostics::diagnostic_json;
use crate::aws::{AwsError, ErrorKind};
use crate::encryption::EncryptionError;
use crate::graph::CycleError;
use crate::plan::PlanError;
use crate::stack::{Diagnostic, Diagnostics};
use crate::state::StateError;
use crate::state::store::StoreError;

const SIGN_IN: &str = "choose a profile with --profile or AWS_PROFILE, or sign in again, `aws sso login`";

/// The one error that people see: what is wrong, what to do about it, and the exit code.
#[derive(Debug)]
pub struct UserError {
    pub message: String,
    pub hints: Vec<String>,
    pub exit: Exit,
    /// Where the stack file is wrong, each with its place; `message` says it all in words.
    pub diagnostics: Vec<Diagnostic>,
    /// What programs get beside the error, an object: the plan that was refused.
    result: Option<Box<Json>>,
}

impl UserError {
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { message: message.into(), hints: Vec::new(), exit, diagnostics: Vec::new(), result: None }
    }

    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    /// Of a text whose first line says what is wrong, and each further one what to do or to know about it.
    fn with_advice(exit: Exit, text: &str) -> Self {
        let mut lines = text.lines();
        let error = Self::new(exit, lines.next().unwrap_or_default());
        lines.fold(error, |error, line| error.hint(line.trim_start()))
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same error, of this part of the work.
    pub fn about(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// For programs, the error comes with what the command found out before.
    pub fn with_result(mut self, result: Json) -> Self {
        self.result = Some(Box::new(result));
        self
    }

    /// As `--json` tells it.
    pub fn json(&self) -> Json {
        let messages: Vec<&str> = self.diagnostics.iter().map(|one| one.message.as_str()).collect();
        let message = if messages.is_empty() { self.message.trim_end().to_owned() } else { messages.join("\n") };
        let diagnostics: Vec<Json> = self.diagnostics.iter().map(diagnostic_json).collect();
        let error =
            json!({"message": message, "hints": self.hints, "exit": self.exit as u8, "diagnostics": diagnostics});
        let mut whole = self.result.as_deref().cloned().unwrap_or_else(|| json!({}));
        whole["error"] = error;
        whole
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
        let error = Self::new(Exit::InvalidStack, diagnostics.to_string());
        Self { diagnostics: diagnostics.0, ..error }
    }
}

impl From<AwsError> for UserError {
    fn from(error: AwsError) -> Self {
        match error.kind() {
            ErrorKind::Credentials => {
                Self::new(Exit::Account, format!("AWS does not accept the credentials: {error}")).hint(SIGN_IN)
            }
            ErrorKind::Network => Self::failed(format!("AWS cannot be reached: {error}"))
                .hint("check the network, the region, and AWS_ENDPOINT_URL if it is set"),
            ErrorKind::Denied => Self::failed(error.to_string()).hint("the role lacks this permission"),
            _ => Self::failed(error.to_string()),
        }
    }
}

impl From<EncryptionError> for UserError {
    fn from(error: EncryptionError) -> Self {
        if let EncryptionError::Key { error: call, .. } = &error
            && matches!(call.kind(), ErrorKind::Credentials | ErrorKind::Network)
        {
            return call.clone().into();
        }
        let told = Self::failed(error.to_string());
        match error.hint() {
            Some(hint) => told.hint(hint),
            None => told,
        }
    }
}

impl From<PlanError> for UserError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Stack(diagnostics) => diagnostics.into(),
            PlanError::Cycle(cycle) => cycle.into(),
            PlanError::Waiting(waiting) => {
                let error = Self::new(Exit::Refused, format!("there is no order for this plan: {waiting}"));
                waiting.hints.into_iter().fold(error, Self::hint)
            }
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
        error.0.into()
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

fn lacks_credentials(error: &StoreError) -> bool {
    error.aws().is_some_and(|error| error.kind() == ErrorKind::Credentials)
}

impl From<StateError> for UserError {
    fn from(error: StateError) -> Self {
        let exit = match &error {
            StateError::Locked { .. } | StateError::HolderAlive { .. } => Exit::Locked,
            StateError::Store(inner) if matches!(**inner, StoreError::Busy { .. }) => Exit::Locked,
            StateError::AccountMismatch { .. } => Exit::Account,
            StateError::Store(inner) if lacks_credentials(inner) => Exit::Account,
            StateError::Moved { .. } | StateError::Arriving { .. } => Exit::Refused,
            _ => Exit::Failed,
        };
        let told = Self::with_advice(exit, &error.to_string());
        match &error {
            StateError::Moved { to, .. } => told.hint(format!("write `state: {}` into the stack file", to.location)),
            StateError::Arriving { .. } => told.hint("`infra init` finishes it"),
            StateError::Store(inner) if lacks_credentials(inner) => told.hint(SIGN_IN),
            StateError::NothingToMove(_) => {
                told.hint("`--from` names where the state lies, and `--to` where it is to be")
            }
            StateError::Occupied { .. } => {
                told.hint("choose another place, or look whether what lies there is still needed")
            }
            _ => told,
        }
    }
}
