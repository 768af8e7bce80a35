use std::sync::Arc;

use super::exit::Exit;
use super::global::Global;
use super::shared_profiles::{chosen_profile, without_profile};
use super::user_error::UserError;
use super::variable::variable;
use crate::aws::{AwsError, Caller, Clients, ErrorKind, Forbidden, Settings};
use crate::state::Session;

/// AWS, with proof that the credentials work and belong to the right account.
pub struct Connection {
    pub clients: Arc<Clients>,
    pub caller: Caller,
}

impl Connection {
    /// # Errors
    /// Exit code 6 for missing or refused credentials and for an account that `expected` is not.
    pub async fn open(global: &Global, region: &str, expected: Option<&str>) -> Result<Self, UserError> {
        let clients = Self::clients(global).await?;
        let caller = match clients.caller(region).await {
            Ok(caller) => caller,
            Err(error) => return Err(refused(global, error).await),
        };
        let connection = Self { clients, caller };
        connection.ensure_account(expected)?;
        Ok(connection)
    }

    /// # Errors
    /// Exit code 6 for credentials of another account than `expected`.
    pub fn ensure_account(&self, expected: Option<&str>) -> Result<(), UserError> {
        let account = &self.caller.account;
        let Some(expected) = expected.filter(|expected| expected != account) else { return Ok(()) };
        let message = format!("the credentials are of account {account}, and the stack belongs to account {expected}");
        Err(UserError::new(Exit::Account, message)
            .hint("choose a profile of that account with --profile or AWS_PROFILE"))
    }

    /// From here on, no call that changes something is sent once the session may have lost its lease.
    pub fn hold_to(&self, session: &Session) {
        let permission = session.permission();
        self.clients.guard(Arc::new(move || permission().map_err(|error| Forbidden(error.to_string()))));
    }

    /// # Errors
    /// Exit code 6 for a `--profile` that is not there.
    pub async fn clients(global: &Global) -> Result<Arc<Clients>, UserError> {
        if let Some(name) = &global.profile
            && let Some(missing) = without_profile(name, "--profile").await
        {
            return Err(missing);
        }
        // Local emulators serve buckets under one host name.
        let endpoint = ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"].iter().any(|name| variable(name).is_some());
        let Global { profile, call_timeout, .. } = global.clone();
        let settings = Settings { profile, call_timeout, s3_path_style: endpoint };
        Ok(Arc::new(Clients::load(&settings).await))
    }
}

/// The SDK's words for a source of credentials that nobody configured.
const NOT_ENABLED: &str = "the credential provider was not enabled";

/// Credentials that are missing are told apart from those that AWS refuses: only the latter come with an error code.
async fn refused(global: &Global, error: AwsError) -> UserError {
    if error.kind() != ErrorKind::Credentials || !error.code().is_empty() {
        return error.into();
    }
    let profile = chosen_profile(global);
    if let Some((name, said_by)) = &profile
        && let Some(missing) = without_profile(name, said_by).await
    {
        return missing;
    }
    let hint = match profile {
        Some((name, _)) => format!(
            "profile `{name}` gives none: see ~/.aws/config and ~/.aws/credentials, or `aws sso login --profile {name}`"
        ),
        None => "choose a profile with --profile or AWS_PROFILE, or set AWS_ACCESS_KEY_ID and its secret".to_owned(),
    };
    UserError::new(Exit::Account, without_credentials(&error.to_string())).hint(hint)
}

/// What the SDK says of credentials that it did not find, in fewer words.
fn without_credentials(text: &str) -> String {
    const NONE: &str = "there are no AWS credentials";
    if let Some((_, tried)) = text.split_once("Attempted:") {
        return format!("{NONE}; tried:{}", tried.trim_end().replace(NOT_ENABLED, "not set up"));
    }
    match text.rsplit(NOT_ENABLED).next().unwrap_or(text).trim_start_matches(": ").trim() {
        "" => NONE.to_owned(),
        reason => format!("{NONE}: {reason}"),
    }
}
