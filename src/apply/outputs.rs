//! What an object's operation leaves for others to know.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::keeping::kept;
use super::learned::Finding;
use super::step_error::StepError;
use super::writes::Write;
use crate::plan::{Existing, decided};
use crate::resources::{Created, Desired, Properties, ReadRequest};
use crate::value::Value;

impl Write<'_> {
    /// The object and what expressions may know of it; asks AWS where the driver did not tell all that is referred to.
    pub(super) async fn outputs(
        &self,
        created: Created,
        desired: &Desired,
        is_updated: bool,
    ) -> Result<Created, StepError> {
        let Created { id, mut outputs } = created;
        let has_outputs = |name: &str| self.schema.nested_outputs().any(|path| path.top_level() == Some(name));
        let written = |name: &str| desired.properties.contains_key(name) && !has_outputs(name);
        let missing = |name: &str| !outputs.contains_key(name) && !written(name);
        let follows = |name: &str| is_updated && self.schema.is_output(name) && !self.schema.identifies(name);
        let names = &self.step.work.reads.names;
        if names.iter().any(|name| missing(name) || follows(name)) {
            let live = self.driver.read(&self.context, &[ReadRequest::all(id.clone())]).await?;
            for live in live.into_iter().flatten() {
                let referenced = |name: &String| self.schema.is_output(name) || names.contains(name);
                outputs.extend(live.properties.into_iter().filter(|(name, _)| referenced(name)));
            }
        }
        self.learn(&outputs, desired);
        Ok(Created { id, outputs: kept(self.apply, self.stack, &outputs).await? })
    }

    /// What others may know from here on. The outputs that are secrets are covered.
    fn learn(&self, outputs: &Properties, desired: &Desired) {
        let secret = outputs.iter().filter(|(name, _)| self.schema.is_secret_output(name));
        secret.filter_map(|(_, value)| value.as_str()).for_each(|text| self.stack.secrets().add(text));
        let address = &self.resource.address;
        let written = Value::from(Json::Object(desired.properties.clone()));
        let reads = &self.step.work.reads;
        let existing = Existing { schema: &self.schema, address, remembered: outputs, live: None, reads };
        let attributes = existing.attributes(&written, &BTreeSet::new());
        let decided = reads.whole.then(|| decided(&self.schema, &attributes, &written));
        self.apply.learned.insert(address, Finding { attributes, decided });
    }

    pub(super) fn read_only(&self, live: &Properties) -> Properties {
        let entries = live.iter().filter(|(name, _)| self.schema.is_output(name));
        entries.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}
