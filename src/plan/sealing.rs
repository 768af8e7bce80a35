//! What of state is to be encrypted, or was encrypted with a former key and is to be encrypted anew.

use crate::encryption::EncryptionError;
use crate::secrets::Vault;
use crate::state::{Change, ResourceState, Snapshot, Superseded};

/// How many secrets that are, the key of the fingerprints among them.
pub fn to_seal(snapshot: &Snapshot, vault: &Vault) -> usize {
    let outdated = snapshot.sealed().iter().filter(|sealed| vault.is_outdated(&sealed.0)).count();
    // What no file holds yet is not open to anybody.
    let key = snapshot.serial > 0 && snapshot.fingerprint_key.is_outdated(vault);
    outdated + usize::from(key)
}

/// The changes that encrypt them. What is to be opened for that must be open.
///
/// # Errors
/// As `Cipher::encrypt`.
pub async fn sealed_anew(snapshot: &Snapshot, vault: &Vault) -> Result<Vec<Change>, EncryptionError> {
    let mut changes = Vec::new();
    for (address, before) in &snapshot.resources {
        let after = renewed(before, vault).await?;
        if after != *before {
            changes.push(Change::describe(address, after));
        }
    }
    let outputs = vault.renewed(&snapshot.outputs).await?;
    if outputs != snapshot.outputs {
        changes.push(Change::outputs(outputs));
    }
    let key = snapshot.fingerprint_key.renewed(vault, snapshot.serial > 0).await?;
    changes.extend(key.map(Change::fingerprint_key));
    Ok(changes)
}

async fn renewed(resource: &ResourceState, vault: &Vault) -> Result<ResourceState, EncryptionError> {
    let mut superseded = Vec::with_capacity(resource.superseded.len());
    for old in &resource.superseded {
        superseded.push(Superseded { outputs: vault.renewed(&old.outputs).await?, ..old.clone() });
    }
    Ok(ResourceState { outputs: vault.renewed(&resource.outputs).await?, superseded, ..resource.clone() })
}
