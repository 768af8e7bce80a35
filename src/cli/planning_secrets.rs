use super::cipher::{keys, not_opened, unnamed_key};
use super::planning::Planning;
use super::user_error::UserError;
use crate::encryption::Ciphertext;
use crate::plan::sealed_anew;
use crate::report::plural;
use crate::report::printer::errln;
use crate::stack::Diagnostics;
use crate::state::{Change, FingerprintKey, Snapshot};

/// The secrets that a plan works with and a run keeps.
impl Planning<'_> {
    /// Makes sure that every secret that a plan works with is known, and opens those that state keeps. A plan without AWS
    /// goes on without them.
    pub(super) async fn open_secrets(&self, snapshot: &Snapshot) -> Result<(), UserError> {
        let Some(stack) = &self.stack else { return Ok(()) };
        let (kept, stored) = (snapshot.sealed(), &snapshot.fingerprint_key);
        let is_kept = !kept.is_empty() || stored.ciphertext().is_some();
        if is_kept || !stack.unknown_secrets.is_empty() || crate::plan::keeps_secrets(stack) {
            self.ensure_keys(snapshot).await?;
        }
        let told = |error, what: &str| not_opened(error, what, stored, stack.encryption.as_ref());
        if let Some(error) = &self.sealed {
            return Err(told(error.clone(), "a secret of `config`"));
        }
        let ciphertexts = kept.into_iter().map(|sealed| sealed.0).chain(stored.ciphertext().cloned());
        let opened = self.vault.open(ciphertexts).await;
        opened.map_err(|error| told(error, "a secret that state keeps"))?;
        let missing: Vec<_> = stack.unknown_secrets.iter().map(|secret| secret.missing.clone()).collect();
        match missing.is_empty() || self.connection.is_none() {
            true => Ok(()),
            false => Err(Diagnostics(missing).into()),
        }
    }

    /// As `open_secrets`, for who goes on without those that nobody can know: what is missing of them, and why.
    pub(super) async fn open_what_opens(&self, snapshot: &Snapshot) -> Vec<String> {
        let Some(stack) = &self.stack else { return Vec::new() };
        let (kept, stored) = (snapshot.sealed(), &snapshot.fingerprint_key);
        let given = stack.unknown_secrets.iter().filter(|secret| secret.ciphertext.is_none());
        let mut missing: Vec<String> = given.map(|secret| secret.missing.message.clone()).collect();
        let is_kept = !kept.is_empty() || stored.ciphertext().is_some();
        let told = |error, what: &str| not_opened(error, what, stored, stack.encryption.as_ref()).message;
        if is_kept || stack.unknown_secrets.iter().any(|secret| secret.ciphertext.is_some()) {
            missing.extend(self.ensure_keys(snapshot).await.err().map(|error| error.message));
        }
        missing.extend(self.sealed.clone().map(|error| told(error, "a secret of `config`")));
        // The key of the fingerprints by itself: with it, what state remembers of secrets still tells whether they are the same.
        for ciphertexts in [Vec::from_iter(stored.ciphertext().cloned()), kept.into_iter().map(|one| one.0).collect()] {
            let opened = self.vault.open(ciphertexts).await;
            missing.extend(opened.err().map(|error| told(error, "a secret that state keeps")));
        }
        missing.dedup();
        missing
    }

    /// What opens secrets must be there. A plan without AWS does without, and says so where it can tell less then.
    async fn ensure_keys(&self, snapshot: &Snapshot) -> Result<(), UserError> {
        let Some(stack) = self.stack.as_ref().filter(|_| !self.vault.can_open()) else { return Ok(()) };
        let lacking = match (&stack.encryption, snapshot.fingerprint_key.sealed_with()) {
            (Some(_), _) => keys(self.workspace.global, stack, self.connection.as_ref()).await.err(),
            (None, Some(key)) => Some(unnamed_key(key, false)),
            (None, None) => None,
        };
        match lacking {
            Some(error) if self.connection.is_some() => Err(error),
            Some(error) if snapshot.fingerprint_key.ciphertext().is_some() => {
                errln!("secrets are taken for unchanged: {}", error.message);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// What a run encrypts state with before it does anything else, and what that changes. How many secrets that are is
    /// the plan's to say.
    ///
    /// # Errors
    /// Without what the stack file names: what the run writes into state would lie open.
    pub async fn seal(&self, snapshot: &Snapshot) -> Result<Vec<Change>, UserError> {
        if let Some(stack) = &self.stack
            && !self.vault.can_open()
        {
            keys(self.workspace.global, stack, self.connection.as_ref()).await?;
        }
        Ok(sealed_anew(snapshot, &self.vault).await?)
    }

    /// The key of state's fingerprints for what a run leaves. One that cannot be opened is none: then what stands for
    /// secrets only tells them from each other.
    pub async fn fingerprint_key(&self, snapshot: &Snapshot) -> FingerprintKey {
        let opened = self.vault.open(snapshot.fingerprint_key.ciphertext().cloned()).await;
        if let Err(error) = opened {
            tracing::debug!(%error, "the key of the fingerprints was not opened");
        }
        snapshot.fingerprint_key.opened(&self.vault)
    }

    /// Those of the stack file are not a run's to change.
    pub(super) fn tell_outdated(&self, ciphertexts: &[Ciphertext]) {
        let count = ciphertexts.iter().filter(|ciphertext| self.vault.is_outdated(ciphertext)).count();
        if count > 0 && self.workspace.recorded.is_none() {
            let secrets = plural(count, "secret");
            errln!("a former key encrypted {secrets} of `config`: `infra config rotate` does it anew");
        }
    }
}
