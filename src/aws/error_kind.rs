/// What a failed call means for whoever has to decide what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The object does not exist.
    NotFound,
    /// An object with this name or key exists already.
    AlreadyExists,
    /// Something still uses the object, or its state does not allow the call now; may pass.
    InUse,
    /// Too many calls; the SDK's own retries are used up.
    Throttled,
    /// The caller may not do this.
    Denied,
    /// No credentials, or expired or unknown ones.
    Credentials,
    /// AWS could not be reached.
    Network,
    /// The call was not sent: the run may not change anything any more.
    Forbidden,
    /// AWS refused the input.
    Invalid,
    /// Anything else: a fault on AWS's side, an answer that does not parse.
    Other,
}

impl ErrorKind {
    /// The class of an AWS error code. AWS has no common vocabulary; the services' habits are stable enough:
    /// `…NotFound…`, `NoSuch…`, `…DoesNotExist`, `…AlreadyExists…`, `Duplicate…`, `…InUse…`, `DependencyViolation`.
    pub fn of_code(code: &str) -> Self {
        let has = |parts: &[&str]| parts.iter().any(|part| code.contains(part));
        if has(&[
            "ExpiredToken",
            "InvalidClientTokenId",
            "UnrecognizedClient",
            "AuthFailure",
            "SignatureDoesNotMatch",
            "InvalidAccessKeyId",
            "RequestExpired",
            "MissingAuthenticationToken",
        ]) {
            Self::Credentials
        } else if has(&["AccessDenied", "UnauthorizedOperation", "NotAuthorized", "AuthorizationError"]) {
            Self::Denied
        } else if has(&["Throttl", "TooManyRequests", "RequestLimitExceeded", "SlowDown", "PriorRequestNotComplete"]) {
            Self::Throttled
        } else if has(&[
            "NotFound",
            "NoSuch",
            "DoesNotExist",
            "NonExistent",
            "NotExist",
            "ClusterNotActive",
            "ServiceNotActive",
        ]) {
            Self::NotFound
        } else if has(&[
            "AlreadyExists",
            "AlreadyOwnedByYou",
            "Duplicate",
            "ResourceExists",
            "QueueNameExists",
            "Conflicting",
            "AlreadyAssociated",
        ]) {
            Self::AlreadyExists
        } else if has(&[
            "InUse",
            "DependencyViolation",
            "DeleteConflict",
            "BucketNotEmpty",
            "NotEmpty",
            "InvalidState",
            "OperationAborted",
            "Conflict",
            "InvalidDBClusterState",
            "InvalidDBInstanceState",
        ]) {
            Self::InUse
        } else if has(&["Invalid", "Validation", "Malformed", "Missing", "Unsupported", "BadRequest"]) {
            Self::Invalid
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_several_services_fall_into_their_class() {
        for (code, kind) in [
            ("InvalidVpcID.NotFound", ErrorKind::NotFound),
            ("AWS.SimpleQueueService.NonExistentQueue", ErrorKind::NotFound),
            ("QueueDoesNotExist", ErrorKind::NotFound),
            ("NoSuchEntity", ErrorKind::NotFound),
            ("DBClusterNotFoundFault", ErrorKind::NotFound),
            ("EntityAlreadyExists", ErrorKind::AlreadyExists),
            ("DuplicateLoadBalancerName", ErrorKind::AlreadyExists),
            ("DependencyViolation", ErrorKind::InUse),
            ("InvalidDBClusterStateFault", ErrorKind::InUse),
            ("ThrottlingException", ErrorKind::Throttled),
            ("ExpiredTokenException", ErrorKind::Credentials),
            ("AccessDeniedException", ErrorKind::Denied),
            ("InvalidParameterValue", ErrorKind::Invalid),
            ("InternalFailure", ErrorKind::Other),
        ] {
            assert_eq!(ErrorKind::of_code(code), kind, "{code}");
        }
    }
}
