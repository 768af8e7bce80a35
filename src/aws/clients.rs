use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};

use super::http_client::SharedConnections;
use super::{AwsError, CallCounter, CallGuard, CallResult, Caller, Permission, Settings, StateClients};

/// How long an attempt of a call waits for AWS. The SDK waits for ever by itself and advises to set a limit (SDK for Rust
/// developer guide, "Configuring timeouts"); this is botocore's (`read_timeout`), which no call of a control plane comes
/// near. What takes longer in AWS goes on after its call has returned.
const CALL_TIMEOUT: Duration = Duration::from_secs(60);

/// A client of whatever service; its key says which.
type AnyClient = Arc<dyn std::any::Any + Send + Sync>;

/// SDK clients, made when first asked for and shared from then on: one a service and region.
pub struct Clients {
    base: SdkConfig,
    s3_path_style: bool,
    calls: CallCounter,
    guard: CallGuard,
    made: Mutex<HashMap<(&'static str, String), AnyClient>>,
}

macro_rules! client {
    ($name:ident, $service:literal, $sdk:ident) => {
        #[doc = concat!("The ", $service, " client of a region.")]
        pub fn $name(&self, region: &str) -> Arc<$sdk::Client> {
            self.client($service, region, |config| {
                let config = $sdk::config::Builder::from(config).interceptor(self.calls.clone());
                let config = config.interceptor(self.guard.clone()).build();
                $sdk::Client::from_conf(config)
            })
        }
    };
}

impl Clients {
    /// Loads the SDK's whole credential chain; resolves nothing yet.
    pub async fn load(settings: &Settings) -> Self {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(SharedConnections::new())
            // Adaptive: after a throttled answer all calls of that client slow down together instead of each on its own.
            .retry_config(RetryConfig::adaptive().with_max_attempts(8))
            .timeout_config(timeouts(settings));
        if let Some(profile) = &settings.profile {
            // Named on the command line, it goes before what the environment has.
            let credentials = ProfileFileCredentialsProvider::builder().profile_name(profile).build();
            loader = loader.profile_name(profile).credentials_provider(credentials);
        }
        Self::from_config(loader.load().await, settings.s3_path_style)
    }

    /// Clients of a configuration that is already known.
    pub fn from_config(base: SdkConfig, s3_path_style: bool) -> Self {
        let (calls, guard) = Default::default();
        Self { base, s3_path_style, calls, guard, made: Mutex::default() }
    }

    /// The region of the environment or profile, where there is one.
    pub fn default_region(&self) -> Option<&str> {
        self.base.region().map(Region::as_ref)
    }

    /// How many requests have gone to AWS so far, retries too.
    pub fn calls(&self) -> usize {
        self.calls.count()
    }

    /// From here on, calls that change something are made for as long as `permission` is given.
    pub fn guard(&self, permission: Permission) {
        self.guard.arm(permission);
    }

    /// The way to the bucket that holds state, for a run whose lease lasts this long.
    pub fn for_state(&self, lease: Duration) -> StateClients {
        StateClients::new(&self.base, self.s3_path_style, self.calls.clone(), lease)
    }

    /// Who we are: the first call of every run that needs AWS.
    ///
    /// # Errors
    /// Class `Credentials` where there are none or they are refused, `Network` where AWS cannot be reached.
    pub async fn caller(&self, region: &str) -> Result<Caller, AwsError> {
        // The person at the terminal waits for this one: it fails soon rather than trying for a minute.
        let quick = aws_sdk_sts::config::Config::builder().retry_config(RetryConfig::standard().with_max_attempts(2));
        let call = self.sts(region).get_caller_identity().customize().config_override(quick);
        let identity = call.send().await.call("sts:GetCallerIdentity")?;
        Ok(Caller {
            account: identity.account().unwrap_or_default().to_owned(),
            arn: identity.arn().unwrap_or_default().to_owned(),
        })
    }

    client!(ec2, "ec2", aws_sdk_ec2);
    client!(ecs, "ecs", aws_sdk_ecs);
    client!(elbv2, "elasticloadbalancing", aws_sdk_elasticloadbalancingv2);
    client!(iam, "iam", aws_sdk_iam);
    client!(kms, "kms", aws_sdk_kms);
    client!(logs, "logs", aws_sdk_cloudwatchlogs);
    client!(rds, "rds", aws_sdk_rds);
    client!(route53, "route53", aws_sdk_route53);
    client!(secrets, "secretsmanager", aws_sdk_secretsmanager);
    client!(sqs, "sqs", aws_sdk_sqs);
    client!(ssm, "ssm", aws_sdk_ssm);
    client!(sts, "sts", aws_sdk_sts);

    /// The S3 client of a region.
    pub fn s3(&self, region: &str) -> Arc<aws_sdk_s3::Client> {
        self.client("s3", region, |config| {
            let config = aws_sdk_s3::config::Builder::from(config)
                .interceptor(self.calls.clone())
                .interceptor(self.guard.clone());
            aws_sdk_s3::Client::from_conf(config.force_path_style(self.s3_path_style).build())
        })
    }

    fn client<C: Send + Sync + 'static>(
        &self,
        service: &'static str,
        region: &str,
        make: impl FnOnce(&SdkConfig) -> C,
    ) -> Arc<C> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = made.entry((service, region.to_owned())).or_insert_with(|| {
            let config = self.base.to_builder().region(Region::new(region.to_owned())).build();
            Arc::new(make(&config))
        });
        // The key holds the service, so the type is always the one that was put in.
        Arc::clone(entry).downcast().unwrap_or_else(|_| unreachable!("one client type a service"))
    }
}

fn timeouts(settings: &Settings) -> TimeoutConfig {
    let attempt = settings.call_timeout.unwrap_or(CALL_TIMEOUT);
    TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).operation_attempt_timeout(attempt).build()
}
