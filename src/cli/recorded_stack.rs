use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::encryption::Encryption;
use crate::stack::{Diagnostics, LoadOptions, Stack, StackInputs};

/// What a history record has of a stack: it stands for the stack's file.
pub struct RecordedStack {
    /// Of the record.
    pub number: u64,
    pub inputs: StackInputs,
    /// The secrets that were put into the inputs.
    pub secrets: BTreeSet<String>,
    /// Today's, with what the record's file named as former keys: state goes on with the present one.
    pub encryption: Option<Encryption>,
}

impl RecordedStack {
    /// # Errors
    /// All diagnostics of the recorded file: this version may check what an earlier one did not.
    pub fn load(&self, name: &str, options: &LoadOptions<'_>) -> Result<Stack, Diagnostics> {
        self.secrets.iter().for_each(|secret| options.secrets.add_credential(secret));
        let folder = PathBuf::from(format!("record {}", self.number));
        let mut stack = Stack::from_inputs(&folder, name, &self.inputs, options)?;
        stack.encryption.clone_from(&self.encryption);
        Ok(stack)
    }
}
