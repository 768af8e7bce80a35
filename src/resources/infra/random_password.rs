use async_trait::async_trait;
use serde_json::json;

use super::alphabet::Alphabet;
use crate::aws::{AwsError, Context};
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, Properties, ReadRequest, ResourceId, Update,
};

/// `Infra::RandomPassword`: a password that is made once and kept, encrypted, in state. Every property is create-only:
/// another one makes another password.
pub struct RandomPassword;

#[async_trait]
impl Driver for RandomPassword {
    fn type_name(&self) -> &'static str {
        "Infra::RandomPassword"
    }

    fn forms(&self) -> &'static [Form] {
        &[]
    }

    fn is_local(&self) -> bool {
        true
    }

    /// There is nothing to ask: state is where a password lives.
    async fn read(&self, _cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        Ok(requests.iter().map(|_| None).collect())
    }

    async fn create(&self, _cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let password = desired.typed::<Alphabet>()?.password()?;
        let id = ResourceId::new(&desired.token);
        let outputs =
            Properties::from_iter([("Id".to_owned(), json!(id.as_str())), ("Value".to_owned(), json!(password))]);
        Ok(Created { id, outputs })
    }

    async fn update(&self, _cx: &Context, _update: &Update<'_>) -> Result<(), AwsError> {
        Ok(())
    }

    async fn delete(&self, _cx: &Context, _deletion: &Deletion<'_>) -> Result<(), AwsError> {
        Ok(())
    }

    /// A password whose outcome is not in state was never used by anything.
    async fn find(&self, _cx: &Context, _desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        Ok(None)
    }

    async fn list(&self, _cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        Ok(Vec::new())
    }
}
