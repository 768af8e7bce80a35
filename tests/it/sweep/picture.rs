use super::finding::{Finding, Trouble};
use super::inventory::Inventory;

/// What there is to see of a shop after one phase.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    /// As the drivers see the account.
    pub drivers: Inventory,
    /// As others see it.
    pub observer: Inventory,
    /// The stack's outputs, one a line.
    pub outputs: String,
    /// What is wrong whatever else there should be.
    pub findings: Vec<Finding>,
}

impl Picture {
    /// All that is wrong where an undisturbed run left `expected`.
    pub fn compare(&self, expected: &Self) -> Vec<Finding> {
        let mut findings = self.findings.clone();
        findings.extend(self.drivers.compare(&expected.drivers));
        findings.extend(self.observer.compare(&expected.observer));
        if self.outputs != expected.outputs {
            let text = format!("\n    is        {}\n    should be {}", self.outputs, expected.outputs);
            findings.push(Finding::new(Trouble::Output, text));
        }
        findings
    }
}
