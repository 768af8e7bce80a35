use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures::future::try_join_all;

use super::PlanError;
use crate::address::Address;
use crate::aws::{AwsError, Clients, Context};
use crate::resources::{Driver, Live, ReadRequest, Registry};

/// Reads live objects in batches: one question to a driver for each type and region, all at once.
pub struct LiveReader<'a> {
    pub registry: &'a Registry,
    pub clients: Arc<Clients>,
    pub account: &'a str,
}

/// One object to read.
#[derive(Clone)]
pub struct Question {
    pub address: Address,
    pub type_name: String,
    pub region: String,
    pub request: ReadRequest,
}

impl LiveReader<'_> {
    pub fn context(&self, region: &str) -> Context {
        Context::new(self.clients.clone(), region, self.account)
    }

    pub fn driver(&self, address: &Address, type_name: &str) -> Result<&dyn Driver, PlanError> {
        self.registry
            .get(type_name)
            .ok_or_else(|| PlanError::NoDriver { address: address.to_string(), type_name: type_name.to_owned() })
    }

    /// The objects by address; `None` is one that is gone.
    ///
    /// # Errors
    /// `PlanError::Read` of the first group that AWS does not answer.
    pub async fn read(&self, questions: Vec<Question>) -> Result<HashMap<Address, Option<Live>>, PlanError> {
        let answers = self.read_each(questions).await?;
        Ok(answers.into_iter().map(|(question, live)| (question.address, live)).collect())
    }

    /// As `read`, also for questions that share an address.
    pub async fn read_each(&self, questions: Vec<Question>) -> Result<Vec<(Question, Option<Live>)>, PlanError> {
        let mut groups: BTreeMap<(String, String), Vec<Question>> = BTreeMap::new();
        for question in questions {
            groups.entry((question.type_name.clone(), question.region.clone())).or_default().push(question);
        }
        let groups = groups.into_iter().map(|((type_name, region), group)| self.read_group(type_name, region, group));
        Ok(try_join_all(groups).await?.into_iter().flatten().collect())
    }

    async fn read_group(
        &self,
        type_name: String,
        region: String,
        group: Vec<Question>,
    ) -> Result<Vec<(Question, Option<Live>)>, PlanError> {
        let Some(first) = group.first() else { return Ok(Vec::new()) };
        let driver = self.driver(&first.address, &type_name)?;
        let requests: Vec<_> = group.iter().map(|question| question.request.clone()).collect();
        let live = driver.read(&self.context(&region), &requests).await;
        let live = live.map_err(|error| read_error(format!("{type_name} in {region}"), error))?;
        Ok(group.into_iter().zip(live).collect())
    }
}

pub fn read_error(what: String, error: AwsError) -> PlanError {
    PlanError::Read { what, error }
}
