use std::time::Duration;

use serde::Serialize;

/// Where a plan stands: printed before anything else, so that nobody applies to the wrong account.
#[derive(Debug, Clone, Serialize)]
pub struct Header {
    pub project: String,
    pub stack: String,
    /// `None` where nobody was asked (`--offline`).
    pub account: Option<String>,
    pub role: Option<String>,
    pub region: String,
    /// How many objects were read, in how many calls, in how long.
    pub read: usize,
    pub calls: usize,
    #[serde(serialize_with = "seconds")]
    pub took: Duration,
}

fn seconds<S: serde::Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((took.as_secs_f64() * 1000.0).round() / 1000.0)
}

impl Header {
    /// Two lines, `shop/dev   account 123456789012   role deploy   us-west-2` and what was read.
    pub fn text(&self) -> String {
        let account = self.account.as_ref().map(|account| format!("account {account}"));
        let role = self.role.as_ref().map(|role| format!("role {role}"));
        let place = [Some(format!("{}/{}", self.project, self.stack)), account, role, Some(self.region.clone())];
        let place: Vec<String> = place.into_iter().flatten().collect();
        let read = match &self.account {
            None => "from state alone, nothing was read".to_owned(),
            Some(_) => {
                let (resources, calls) = (plural(self.read, "resource"), plural(self.calls, "call"));
                format!("{resources} read in {calls}, {:.1} s", self.took.as_secs_f64())
            }
        };
        format!("{}\n{read}\n", place.join("   "))
    }
}

/// `1 call`, `2 calls`.
pub fn plural(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
