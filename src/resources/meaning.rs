use crate::aws::Context;

/// What a text means that names an object: what the driver's `resolve` is asked, and where the object is as far as the text
/// says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    pub text: String,
    pub partition: Option<String>,
    pub region: Option<String>,
    /// Twelve digits.
    pub account: Option<String>,
}

impl Meaning {
    /// Why an object that is meant so cannot be where the context looks: "is in account 1, and the credentials are for
    /// account 2". `None` where nothing speaks against it.
    pub fn elsewhere(&self, cx: &Context) -> Option<String> {
        if let Some(partition) = self.partition.as_deref().filter(|partition| *partition != cx.partition()) {
            return Some(format!("is in the partition {partition}, and {} is in {}", cx.region(), cx.partition()));
        }
        if let Some(account) = self.account.as_deref().filter(|account| *account != cx.account()) {
            return Some(format!("is in account {account}, and the credentials are for account {}", cx.account()));
        }
        let region = self.region.as_deref().filter(|region| *region != cx.region())?;
        Some(format!("is in {region}, and what it is to be is in {}", cx.region()))
    }
}
