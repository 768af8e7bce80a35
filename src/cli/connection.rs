use std::sync::Arc;

use super::arguments::Global;
use super::exit::Exit;
use super::user_error::UserError;
use crate::aws::{Caller, Clients, Settings};

/// AWS, with proof that the credentials work and belong to the right account.
pub struct Connection {
    pub clients: Arc<Clients>,
    pub caller: Caller,
}

impl Connection {
    /// # Errors
    /// Exit code 6 for missing or refused credentials and for an account that `expected` is not.
    pub async fn open(global: &Global, region: &str, expected: Option<&str>) -> Result<Self, UserError> {
        let clients = Self::clients(global).await;
        let caller = clients.caller(region).await?;
        if let Some(expected) = expected.filter(|expected| *expected != caller.account) {
            let message = format!(
                "the credentials are of account {}, and the stack belongs to account {expected}",
                caller.account
            );
            return Err(UserError::new(Exit::Account, message)
                .hint("choose a profile of that account with --profile or AWS_PROFILE"));
        }
        Ok(Self { clients, caller })
    }

    pub async fn clients(global: &Global) -> Arc<Clients> {
        // Local emulators serve buckets under one host name.
        let endpoint = ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"].iter().any(|name| std::env::var_os(name).is_some());
        let settings = Settings { profile: global.profile.clone(), s3_path_style: endpoint };
        Arc::new(Clients::load(&settings).await)
    }
}
