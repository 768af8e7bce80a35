use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// One API call as it went through the proxy.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its place among all calls of the proxy, from 0; a reset does not start again.
    pub sequence: usize,
    /// The name that requests are signed with: `elasticloadbalancing`, not `elbv2`.
    pub service: String,
    /// `CreateQueue`; of an unknown REST call its method and path.
    pub operation: String,
    pub region: String,
    /// The access key, which the tests choose to be the account.
    pub account: String,
    /// When the client signed it, `20261122T093000Z`; empty where it is not signed.
    pub signed: String,
    /// The request's own top-level texts, numbers and flags: `QueueName`, `Bucket`, `VpcId.1`.
    pub parameters: BTreeMap<String, String>,
    /// Of the request's body.
    pub bytes: usize,
    /// Since the proxy started.
    pub started: Duration,
    /// When the answer went out or the connection was dropped; `None` while the call is under way.
    pub ended: Option<Duration>,
    /// `None` while it is under way and for a dropped connection.
    pub status: Option<u16>,
}

impl Call {
    /// A parameter, or an empty text where the call has none of that name.
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    /// True for `sqs:CreateQueue`, `sqs:*` and `*`.
    pub fn matches(&self, pattern: &str) -> bool {
        let (service, operation) = pattern.split_once(':').unwrap_or((pattern, "*"));
        (service == "*" || service == self.service) && (operation == "*" || operation == self.operation)
    }

    /// True for calls that only look.
    pub fn reads(&self) -> bool {
        ["Get", "List", "Describe", "Head"].iter().any(|verb| self.operation.starts_with(verb))
    }
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.service, self.operation)
    }
}
