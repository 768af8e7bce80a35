use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Why a run may not change anything any more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Forbidden(pub String);

/// Asked before each attempt of a call that changes something.
pub type Permission = Arc<dyn Fn() -> Result<(), Forbidden> + Send + Sync>;

/// Lets calls that change something through for as long as the run may make them: a run that slept past its lease, in the
/// middle of an operation of many calls, makes none of those that are left.
#[derive(Clone, Default)]
pub struct CallGuard(Arc<RwLock<Option<Permission>>>);

impl CallGuard {
    pub fn arm(&self, permission: Permission) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(permission);
    }

    fn permits(&self, operation: &str) -> Result<(), Forbidden> {
        let permission = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        match permission.filter(|_| !only_reads(operation)) {
            Some(permission) => permission(),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for CallGuard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CallGuard")
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for CallGuard {
    fn name(&self) -> &'static str {
        "CallGuard"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // A call without a name is none of those that are known to read.
        let operation = config.load::<Metadata>().map(|metadata| metadata.name().to_owned()).unwrap_or_default();
        Ok(self.permits(&operation)?)
    }
}

/// True for a call that leaves AWS as it is, by the words that names of such operations begin with; every other is taken for
/// one that changes something. Sealing a value changes nothing.
fn only_reads(operation: &str) -> bool {
    const BEGINNINGS: [&str; 12] = [
        "AssumeRole",
        "BatchGet",
        "Decrypt",
        "Describe",
        "Encrypt",
        "Filter",
        "GenerateDataKey",
        "Get",
        "Head",
        "List",
        "Lookup",
        "Simulate",
    ];
    BEGINNINGS.iter().any(|beginning| operation.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_something_is_told_from_what_reads() {
        for operation in ["DescribeVpcs", "ListQueues", "GetQueueAttributes", "HeadBucket", "Decrypt", "BatchGetImage"]
        {
            assert!(only_reads(operation), "{operation}");
        }
        for operation in ["CreateVpc", "DeleteQueue", "PutObject", "TagQueue", "ChangeResourceRecordSets", ""] {
            assert!(!only_reads(operation), "{operation}");
        }
    }

    #[test]
    fn only_an_armed_guard_forbids_and_never_a_reading_call() {
        let guard = CallGuard::default();
        assert_eq!(guard.permits("CreateVpc"), Ok(()));
        let lost = Forbidden("the lock was lost".to_owned());
        let reason = lost.clone();
        guard.clone().arm(Arc::new(move || Err(reason.clone())));
        assert_eq!((guard.permits("CreateVpc"), guard.permits("DescribeVpcs")), (Err(lost), Ok(())));
    }
}
