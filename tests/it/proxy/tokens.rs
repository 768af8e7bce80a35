use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;

use super::Call;

/// The answers to EC2 calls that carry a client token: AWS gives the same answer again to the same token and makes nothing
/// more, and moto does not look at it. Source: EC2 developer guide, "Ensuring idempotency in Amazon EC2 API requests".
#[derive(Default)]
pub struct Tokens(Mutex<HashMap<Key, Response<Full<Bytes>>>>);

pub type Key = (String, String, String);

impl Tokens {
    pub fn key(call: &Call) -> Option<Key> {
        let token = call.parameter("ClientToken");
        let honoured = call.service == "ec2" && !token.is_empty();
        honoured.then(|| (call.account.clone(), call.operation.clone(), token.to_owned()))
    }

    pub fn answer(&self, key: &Key) -> Option<Response<Full<Bytes>>> {
        self.known().get(key).cloned()
    }

    pub fn remember(&self, key: Key, answer: &Response<Full<Bytes>>) {
        if answer.status().is_success() {
            self.known().insert(key, answer.clone());
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Key, Response<Full<Bytes>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
