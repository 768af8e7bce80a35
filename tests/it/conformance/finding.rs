//! The steps in which an object is found again: read, listed, resolved, recognised.

use infra::resources::{ReadRequest, ResourceId, meaning};

use super::gaps::Step;
use super::life::{Life, Object, Outcome, ensure, text};
use super::writing::{add_tags, wanted};

impl<'a> Life<'a> {
    pub async fn identified(&mut self, object: &Object<'a>) -> Outcome {
        let missing = self.missing(object).await;
        self.note("missing", missing);
        let found = self.found(object).await;
        self.note("find", found);
        let whole = self.wholly_read(object).await;
        self.note("read of everything", whole);
        let listed = self.listed(object, true).await;
        self.note("list", listed);
        self.resolved(object).await
    }

    async fn missing(&self, object: &Object<'a>) -> Outcome {
        if self.gaps.at(Step::Missing) {
            return Ok(());
        }
        let missing = ResourceId::new(self.scope.text(&self.fixture.missing));
        let wanted = wanted(&object.desired.properties);
        let requests =
            [missing.clone(), object.id.clone(), missing].map(|id| ReadRequest { id, wanted: wanted.clone() });
        let live = self.driver.read(&self.world.context, &requests).await.map_err(text("read"))?;
        let ids: Vec<_> = live.iter().map(|live| live.as_ref().map(|live| &live.id)).collect();
        ensure(ids == [None, Some(&object.id), None], || {
            format!("read of missing, {}, missing gives {ids:?}", object.id)
        })
    }

    /// As an import reads it.
    async fn wholly_read(&mut self, object: &Object<'a>) -> Outcome {
        if self.gaps.at(Step::ReadAll) {
            return Ok(());
        }
        let live = self.driver.read(&self.world.context, &[ReadRequest::all(object.id.clone())]).await;
        let live = live.map_err(text("read"))?.pop().flatten().ok_or("the object is gone")?;
        self.compare("in a read of everything", object, &live);
        Ok(())
    }

    async fn found(&self, object: &Object<'a>) -> Outcome {
        if self.gaps.at(Step::Find) {
            return Ok(());
        }
        let found = self.driver.find(&self.world.context, &object.desired).await.map_err(text("own"))?;
        ensure(found.as_ref() == Some(&object.id), || format!("gives {found:?} for {}", object.id))?;
        if !self.fixture.find {
            return Ok(());
        }
        let mut stranger = object.desired.clone();
        stranger.ownership.stack = "stranger".to_owned();
        add_tags(&mut stranger.properties, &stranger.ownership, &self.fixture.type_name);
        let found = self.driver.find(&self.world.context, &stranger).await.map_err(text("another stack's"))?;
        ensure(found.is_none(), || format!("takes {found:?} for an object of another stack"))
    }

    pub async fn listed(&self, object: &Object<'a>, expected: bool) -> Outcome {
        if self.gaps.at(Step::List) {
            return Ok(());
        }
        let ids = self.driver.list(&self.world.context).await.map_err(text("list"))?;
        ensure(ids.contains(&object.id) == expected, || format!("{} in {ids:?}: expected {expected}", object.id))
    }

    async fn resolved(&self, object: &Object<'a>) -> Outcome {
        if self.gaps.at(Step::Resolve) {
            return Ok(());
        }
        let texts = self.fixture.resolve.iter().map(|text| self.scope.text(text));
        for name in texts.chain([object.id.to_string()]) {
            let meaning = meaning(self.driver, &name).ok_or(format!("`{name}` has none of the type's forms"))?;
            let elsewhere = meaning.elsewhere(&self.world.context);
            ensure(elsewhere.is_none(), || format!("`{name}` {elsewhere:?}"))?;
            let id = self.driver.resolve(&self.world.context, &meaning.text).await.map_err(text("resolve"))?;
            ensure(id.as_ref() == Some(&object.id), || format!("resolve of `{name}` gives {id:?}, not {}", object.id))?;
        }
        Ok(())
    }
}
