use std::collections::BTreeMap;

use crate::emulators::Backend;

/// Which emulator serves which service.
#[derive(Debug, Clone)]
pub struct Routes {
    exceptions: BTreeMap<String, Backend>,
}

impl Default for Routes {
    /// moto, except where ministack is closer to AWS: moto forgets most of a service's deployment settings and leaves it
    /// in progress for ever, deletes a subnet group that is modified, loses settings of log groups and queues, and answers
    /// `GetBucketVersioning` of a bucket without versions in a shape of its own.
    fn default() -> Self {
        let exceptions = ["ecs", "rds", "logs", "s3", "sqs", "cloudfront", "ecr", "budgets", "cloudcontrolapi"];
        Self { exceptions: exceptions.iter().map(|service| ((*service).to_owned(), Backend::Ministack)).collect() }
    }
}

impl Routes {
    /// The same routes with this service at that emulator.
    pub fn with(mut self, service: &str, backend: Backend) -> Self {
        self.exceptions.insert(service.to_owned(), backend);
        self
    }

    pub fn backend(&self, service: &str) -> Backend {
        self.exceptions.get(service).copied().unwrap_or(Backend::Moto)
    }
}
