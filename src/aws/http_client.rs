use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// The SDK's HTTP client, as it makes one by default, for the clients of all services and regions together. By itself the SDK
/// makes one for each client, and each reads the machine's certificates and keeps connections of its own.
#[derive(Debug)]
pub(super) struct SharedConnections(SharedHttpClient);

impl SharedConnections {
    pub fn new() -> Self {
        Self(Builder::new().build_with_connector_fn(|settings, components| {
            let tls = Provider::Rustls(CryptoMode::AwsLc);
            let mut builder = ConnectorBuilder::default().tls_provider(tls).proxy_config(ProxyConfig::from_env());
            builder.set_connector_settings(settings.cloned());
            builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
            builder.build()
        }))
    }
}

impl HttpClient for SharedConnections {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Reusing(self.0.http_connector(settings, components)))
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}

/// Lets connections whose answers have just come return to the pool before it asks for one. They do so in tasks of their own,
/// and whoever asks before them opens a new connection.
#[derive(Debug)]
struct Reusing(SharedHttpConnector);

impl HttpConnector for Reusing {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.0.clone();
        HttpConnectorFuture::new(async move {
            tokio::task::yield_now().await;
            connector.call(request).await
        })
    }
}
