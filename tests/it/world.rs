use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use infra::aws::{Clients, Context};

use crate::proxy::{Proxy, Routes};
use crate::unique;

pub const REGION: &str = "us-west-2";

/// An account of one test's own, reached through a proxy of its own.
pub struct World {
    pub proxy: Proxy,
    pub account: String,
    pub context: Context,
}

impl World {
    pub fn new(routes: Routes) -> Self {
        let (proxy, account) = (Proxy::start(routes), unique::account());
        let clients = Arc::new(Clients::from_config(config(&proxy, &account), true));
        let context = Context::new(clients, REGION, &account);
        Self { proxy, account, context }
    }
}

fn config(proxy: &Proxy, account: &str) -> SdkConfig {
    let credentials = Credentials::new(account, "secret", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .endpoint_url(proxy.url())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}
