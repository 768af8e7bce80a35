use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;

use super::Call;

/// The answers to creates that AWS recognises when they come again, which the emulators do not: AWS makes nothing more
/// then. Sources: EC2 developer guide, "Ensuring idempotency in Amazon EC2 API requests"; ECS API reference,
/// `CreateService`, `clientToken`; Route 53 API reference, `CreateHostedZone`, `CallerReference`; Elastic Load Balancing
/// API reference, `CreateLoadBalancer`: "multiple load balancers with the same settings".
#[derive(Default)]
pub struct Tokens(Mutex<HashMap<Key, Known>>);

/// What AWS answered to a token. Locked while a call is under way: of calls that overlap, AWS makes one thing.
pub type Known = Arc<tokio::sync::Mutex<Option<Response<Full<Bytes>>>>>;

/// Account, operation, and what makes the call the same.
type Key = (String, String, String);

impl Tokens {
    fn key(call: &Call) -> Option<Key> {
        let token = match (call.service.as_str(), call.operation.as_str()) {
            ("ec2", _) => call.parameter("ClientToken").to_owned(),
            ("ecs", "CreateService") => call.parameter("clientToken").to_owned(),
            ("route53", "CreateHostedZone") => call.parameter("CallerReference").to_owned(),
            ("elasticloadbalancing", "CreateLoadBalancer") => format!("{:?}", call.parameters),
            _ => String::new(),
        };
        (!token.is_empty()).then(|| (call.account.clone(), call.operation.clone(), token))
    }

    /// What is known of the call's token, where it has one.
    pub fn of(&self, call: &Call) -> Option<Known> {
        Some(Arc::clone(self.known().entry(Self::key(call)?).or_default()))
    }

    /// Settings that are those of a load balancer no longer are free again.
    pub fn release(&self, call: &Call) {
        if call.operation == "DeleteLoadBalancer" {
            self.known()
                .retain(|(account, operation, _), _| *account != call.account || operation != "CreateLoadBalancer");
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Key, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
