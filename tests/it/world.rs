use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use infra::address::Address;
use infra::aws::{Clients, Context};
use infra::resources::{Desired, Driver, Ownership, ResourceId};
use serde_json::{Value, json};

use crate::proxy::{Proxy, Routes};
use crate::unique;

pub const REGION: &str = "us-west-2";

/// An account of one test's own, reached through a proxy of its own.
pub struct World {
    pub proxy: Proxy,
    pub account: String,
    pub context: Context,
    pub clients: Arc<Clients>,
}

impl World {
    pub fn new(routes: Routes) -> Self {
        let (proxy, account) = (Proxy::start(routes), unique::account());
        let clients = clients(&proxy, &account);
        let context = Context::new(Arc::clone(&clients), REGION, &account);
        Self { proxy, account, context, clients }
    }

    pub async fn make(&self, driver: &dyn Driver, name: &str, properties: Value) -> ResourceId {
        driver.create(&self.context, &desired(name, properties)).await.expect("a new object").id
    }
}

/// The account as the proxy gives it.
pub fn context(proxy: &Proxy, account: &str) -> Context {
    Context::new(clients(proxy, account), REGION, account)
}

fn clients(proxy: &Proxy, account: &str) -> Arc<Clients> {
    Arc::new(Clients::from_config(config(proxy, account), true))
}

/// These properties and the tags of one owner.
pub fn desired(name: &str, properties: Value) -> Desired {
    let ownership = Ownership { project: "shop".into(), stack: "test".into(), address: Address::new(name) };
    let mut properties = properties.as_object().cloned().expect("an object");
    let tags = ownership.tags().map(|(key, value)| json!({"Key": key, "Value": value}));
    properties.insert("Tags".into(), tags.to_vec().into());
    Desired { properties, ownership, token: uuid::Uuid::new_v4().simple().to_string(), held: Vec::new() }
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
