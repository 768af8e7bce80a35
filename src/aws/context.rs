use std::sync::Arc;
use std::time::Duration;

use super::{Clients, Wait, YoungObjects};

/// What a driver works with: the clients of one account and region, how long it may take, and whom to tell.
#[derive(Clone)]
pub struct Context {
    clients: Arc<Clients>,
    region: String,
    account: String,
    timeout: Option<Duration>,
    progress: Progress,
    young: Arc<YoungObjects>,
}

/// Takes a short text on what is being waited for, `creating` or `2 of 3 tasks running`.
pub type Progress = Arc<dyn Fn(&str) + Send + Sync>;

impl Context {
    pub fn new(clients: Arc<Clients>, region: &str, account: &str) -> Self {
        let (region, account) = (region.to_owned(), account.to_owned());
        Self { clients, region, account, timeout: None, progress: Arc::new(|_| {}), young: Arc::default() }
    }

    /// The same context with the resource's own `timeout` and someone to tell.
    pub fn for_step(&self, timeout: Option<Duration>, progress: Progress) -> Self {
        Self { timeout, progress, ..self.clone() }
    }

    /// The same context for an object that refers to these and to no other young ones.
    pub fn with_young(self, young: YoungObjects) -> Self {
        Self { young: Arc::new(young), ..self }
    }

    /// What the object refers to that AWS may not know everywhere yet: only for that it is worth asking again.
    pub fn young(&self) -> &YoungObjects {
        &self.young
    }

    /// The same context in another region of the account.
    pub fn in_region(&self, region: &str) -> Self {
        Self { region: region.to_owned(), ..self.clone() }
    }

    pub fn region(&self) -> &str {
        &self.region
    }

    /// Twelve digits.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// `aws`, `aws-cn` or `aws-us-gov`, from the region.
    pub fn partition(&self) -> &'static str {
        match &self.region {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }

    /// A wait of at most the resource's `timeout`, or `default` where the file gives none.
    pub fn wait(&self, what: &str, default: Duration) -> Wait {
        Wait::new(what, self.timeout.unwrap_or(default), self.progress.clone())
    }

    /// Tells what the driver is waiting for.
    pub fn progress(&self, text: &str) {
        (self.progress)(text);
    }

    pub fn ec2(&self) -> Arc<aws_sdk_ec2::Client> {
        self.clients.ec2(&self.region)
    }

    pub fn ecs(&self) -> Arc<aws_sdk_ecs::Client> {
        self.clients.ecs(&self.region)
    }

    pub fn elbv2(&self) -> Arc<aws_sdk_elasticloadbalancingv2::Client> {
        self.clients.elbv2(&self.region)
    }

    pub fn iam(&self) -> Arc<aws_sdk_iam::Client> {
        self.clients.iam(&self.region)
    }

    pub fn logs(&self) -> Arc<aws_sdk_cloudwatchlogs::Client> {
        self.clients.logs(&self.region)
    }

    pub fn rds(&self) -> Arc<aws_sdk_rds::Client> {
        self.clients.rds(&self.region)
    }

    pub fn route53(&self) -> Arc<aws_sdk_route53::Client> {
        self.clients.route53(&self.region)
    }

    pub fn s3(&self) -> Arc<aws_sdk_s3::Client> {
        self.clients.s3(&self.region)
    }

    pub fn secrets(&self) -> Arc<aws_sdk_secretsmanager::Client> {
        self.clients.secrets(&self.region)
    }

    pub fn ssm(&self) -> Arc<aws_sdk_ssm::Client> {
        self.clients.ssm(&self.region)
    }

    pub fn sqs(&self) -> Arc<aws_sdk_sqs::Client> {
        self.clients.sqs(&self.region)
    }
}
