//! The steps in which an object ends: replaced, deleted, and deleted again.

use infra::resources::{Deletion, Properties, ReadRequest};
use infra::schema::ReplacementStrategy;

use super::gaps::Step;
use super::life::{Life, Object, Outcome, ensure, text};
use super::writing::{overlay, wanted};

impl<'a> Life<'a> {
    pub async fn replaced(&mut self, object: &mut Object<'a>) -> Outcome {
        let mut properties = object.desired.properties.clone();
        match (self.fixture.replace.take(), self.fixture.replace_with.take()) {
            _ if self.gaps.at(Step::Replace) => return Ok(()),
            (_, Some(whole)) => properties = self.scope.properties(&whole),
            (Some(row), None) => overlay(&mut properties, &self.scope.properties(&row)),
            (None, None) => return Ok(()),
        }
        let desired = self.desired(properties);
        if self.schema.replacement_strategy() == Some(ReplacementStrategy::DeleteThenCreate) {
            self.delete(object).await?;
            *object = self.create(desired).await?;
            return Ok(());
        }
        let old = std::mem::replace(object, self.create(desired).await?);
        ensure(old.id != object.id, || format!("the new object is the old one, {}", old.id))?;
        self.delete(&old).await?;
        let live = self.read(object, &Properties::new()).await?;
        self.compare("after the old one is deleted", object, &live);
        Ok(())
    }

    pub async fn deleted(&mut self, object: &Object<'a>) -> Outcome {
        if self.gaps.at(Step::Delete) {
            return Ok(());
        }
        self.delete(object).await?;
        let request = ReadRequest { id: object.id.clone(), wanted: wanted(&object.desired.properties) };
        let gone = self.driver.read(&self.world.context, &[request]).await;
        ensure(gone.map_err(text("read"))?.iter().all(Option::is_none), || "it is there after delete".to_owned())?;
        self.listed(object, false).await?;
        self.delete(object).await.map_err(|error| format!("a second {error}"))
    }

    pub async fn delete(&self, object: &Object<'a>) -> Outcome {
        let properties = &object.desired.properties;
        let force = self.fixture.force;
        let deletion = Deletion { id: &object.id, properties, live: None, snapshot: None, force };
        object.driver.delete(&self.world.context, &deletion).await.map_err(text("delete"))
    }
}
