//! The steps in which an object changes: row by row, its tags, and behind our back.

use std::collections::BTreeSet;

use infra::resources::{Live, Properties, ReadRequest, TagChange, Update, Wanted, tags};
use infra::schema::PropertyPath;
use serde_json::json;

use super::compare::{describe, differences};
use super::gaps::Step;
use super::life::{Life, Object, Outcome, ensure, text};
use super::writing::overlay;

impl<'a> Life<'a> {
    pub async fn updated(&mut self, object: &mut Object<'a>) {
        if self.gaps.at(Step::Update) {
            return;
        }
        for row in std::mem::take(&mut self.fixture.updates) {
            let row = self.scope.properties(&row);
            if !row.keys().any(|property| self.gaps.updating(property)) {
                let result = self.update(object, &row).await;
                self.note(&format!("update {}", json!(row)), result);
            }
        }
        let result = self.partly_read(object).await;
        self.note("read of one property", result);
    }

    async fn update(&mut self, object: &mut Object<'a>, row: &Properties) -> Outcome {
        let before = self.read(object, row).await?;
        let written = object.desired.properties.clone();
        overlay(&mut object.desired.properties, row);
        self.driver.canonicalize(&mut object.desired.properties);
        let changed = row.keys().cloned().collect();
        if let Err(failure) = self.change(object, &before, changed, TagChange::default()).await {
            object.desired.properties = written;
            return Err(failure);
        }
        let live = self.read(object, row).await?;
        self.compare(&format!("after update {}", json!(row)), object, &live);
        self.scope.learn("self", &object.id, &live.properties);
        let told = |property: &str| !self.schema.is_write_only(&PropertyPath::root().key(property));
        for (property, _) in row.iter().filter(|(property, value)| value.is_null() && told(property)) {
            let former = written.get(property).map(|value| Properties::from_iter([(property.clone(), value.clone())]));
            let stays = former
                .is_some_and(|former| differences(self.driver, &self.schema, &former, &live.properties).is_empty());
            ensure(!stays, || format!("{property} stays as it was"))?;
        }
        Ok(())
    }

    async fn change(&self, object: &Object<'a>, live: &Live, changed: BTreeSet<String>, tags: TagChange) -> Outcome {
        let update = Update { id: &object.id, live, desired: &object.desired, changed: &changed, tags };
        self.driver.update(&self.world.context, &update).await.map_err(text("update"))
    }

    async fn partly_read(&self, object: &Object<'a>) -> Outcome {
        for property in self.fixture.create.keys().filter(|property| object.desired.properties.contains_key(*property))
        {
            let wanted = Wanted::Only([property.clone()].into());
            let request = ReadRequest { id: object.id.clone(), wanted };
            let live = self.driver.read(&self.world.context, &[request]).await.map_err(text("read"))?;
            let live = live.into_iter().next().flatten().ok_or("the object is gone")?;
            let written = object.desired.properties[property].clone();
            let written = Properties::from_iter([(property.clone(), written)]);
            let found = differences(self.driver, &self.schema, &written, &live.properties);
            ensure(found.iter().all(|difference| self.gaps.excuse(difference)), || describe(&found[0]))?;
        }
        Ok(())
    }

    pub async fn retagged(&mut self, object: &mut Object<'a>) -> Outcome {
        if self.tags_property().is_none() || self.gaps.at(Step::Tags) {
            return Ok(());
        }
        self.retag(object, &[("cost", Some("web")), ("stranger", Some("yes"))]).await?;
        self.retag(object, &[("cost", Some("data"))]).await?;
        self.retag(object, &[("cost", None)]).await
    }

    async fn retag(&mut self, object: &mut Object<'a>, rows: &[(&str, Option<&str>)]) -> Outcome {
        let property = self.tags_property().unwrap_or_default().to_owned();
        let live = self.read(object, &Properties::new()).await?;
        let mut change = TagChange::default();
        let mut wanted = tags::from_json(object.desired.properties.get(&property));
        for (key, value) in rows {
            match value {
                Some(value) => {
                    change.set.insert((*key).to_owned(), (*value).to_owned());
                    wanted.insert((*key).to_owned(), (*value).to_owned());
                }
                None => {
                    change.remove.push((*key).to_owned());
                    wanted.remove(*key);
                }
            }
        }
        let pairs = wanted.iter().map(|(key, value)| (Some(key.as_str()), Some(value.as_str())));
        object.desired.properties.insert(property.clone(), tags::to_json(pairs));
        self.change(object, &live, BTreeSet::new(), change).await?;
        let live = self.read(object, &Properties::new()).await?;
        let now = tags::from_json(live.properties.get(&property));
        ensure(wanted == now, || format!("wrote {wanted:?}, AWS has {now:?}"))
    }

    pub async fn drifted(&mut self, object: &Object<'a>) -> Outcome {
        let Some(drift) = self.fixture.drift.take() else { return Ok(()) };
        if self.gaps.at(Step::Drift) {
            return Ok(());
        }
        let drift = self.scope.properties(&drift);
        let mut drifted = Object { driver: self.driver, id: object.id.clone(), desired: object.desired.clone() };
        self.update(&mut drifted, &drift).await?;
        let live = self.read(object, &Properties::new()).await?;
        let seen = differences(self.driver, &self.schema, &object.desired.properties, &live.properties);
        let missed: Vec<_> = drift
            .keys()
            .filter(|name| !seen.iter().any(|found| found.path.top_level() == Some(name.as_str())))
            .collect();
        ensure(missed.is_empty(), || format!("a change of {missed:?} behind our back is not seen"))?;
        self.change(object, &live, drift.keys().cloned().collect(), TagChange::default()).await?;
        let live = self.read(object, &Properties::new()).await?;
        self.compare("after repair", object, &live);
        Ok(())
    }
}
