use std::collections::BTreeSet;

use super::step_error::StepError;
use super::writes::Write;
use crate::aws::AwsError;
use crate::resources::{Desired, Live, Owner, ReadRequest, Wanted, tags};

impl Write<'_> {
    /// The refusal of a name that something else has, with whose that is as far as AWS tells.
    pub(super) async fn taken(&self, desired: &Desired, error: AwsError) -> StepError {
        let Some(property) = self.schema.tag_property() else { return error.into() };
        let holder = self.holder(desired, &property.name).await.ok().flatten();
        let owner = holder.map(|live| Owner::of(&tags::from_json(live.properties.get(&property.name))));
        match owner {
            Some(Some(owner)) => {
                StepError::Plan(format!("{error}. It belongs to {owner}: use it with `lookup`, or choose another name"))
            }
            Some(None) => StepError::Plan(format!("{error}. It is of no stack: import it, or use it with `lookup`")),
            None => error.into(),
        }
    }

    /// The object that has the desired one's name, with its tags.
    async fn holder(&self, desired: &Desired, tags: &str) -> Result<Option<Live>, AwsError> {
        let Some(rule) = self.driver.name_rule() else { return Ok(None) };
        let Some(id) = self.driver.resolve(&self.context, desired.text(rule.property)).await? else { return Ok(None) };
        let wanted = Wanted::Only(BTreeSet::from([tags.to_owned()]));
        let found = self.driver.read(&self.context, &[ReadRequest { id, wanted }]).await?;
        Ok(found.into_iter().flatten().next())
    }
}
