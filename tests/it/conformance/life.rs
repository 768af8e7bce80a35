use std::collections::BTreeSet;
use std::sync::Arc;

use infra::address::Address;
use infra::aws::AwsError;
use infra::resources::{
    Deletion, Desired, Driver, Live, Ownership, Properties, ReadRequest, Registry, ReplaceOrder, ResourceId, TagChange,
    Update, Wanted, tags,
};
use infra::schema::{Catalog, ResourceSchema};
use serde_json::{Value, json};

use super::compare::differences;
use super::fixture::Fixture;
use super::gaps::{Gaps, Step};
use super::scope::Scope;
use crate::proxy::Routes;
use crate::unique;
use crate::world::{REGION, World};

/// Walks the type of a fixture through an object's whole life and fails with everything that went wrong on the way.
pub fn live(fixture: &str) {
    let fixture = Fixture::load(fixture);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let registry = Registry::standard();
        let mut life = Life::new(&registry, fixture);
        life.run().await;
        assert!(life.failures.is_empty(), "{}", life.report());
    });
}

struct Life<'a> {
    registry: &'a Registry,
    driver: &'a dyn Driver,
    schema: Arc<ResourceSchema>,
    fixture: Fixture,
    gaps: Gaps,
    world: World,
    scope: Scope,
    needs: Vec<Object<'a>>,
    failures: Vec<String>,
    /// Differences that are told already: most stay until the object is gone.
    told: BTreeSet<String>,
}

/// One object of the test.
struct Object<'a> {
    driver: &'a dyn Driver,
    id: ResourceId,
    desired: Desired,
}

type Outcome<T = ()> = Result<T, String>;

impl<'a> Life<'a> {
    fn new(registry: &'a Registry, mut fixture: Fixture) -> Self {
        let driver = registry.get(&fixture.type_name).expect("the fixture's type is registered");
        let schema = Catalog::standard().get(&fixture.type_name).expect("AWS has the type");
        let routes =
            fixture.route.iter().fold(Routes::default(), |routes, (name, backend)| routes.with(name, *backend));
        let world = World::new(routes);
        for call in &fixture.nothing {
            world.proxy.on(call).fail(404, "ResourceNotFoundException", "the emulator does not know this call");
        }
        let scope = Scope::new(&unique::name(), &world.account, REGION);
        let gaps = Gaps::new(std::mem::take(&mut fixture.gaps));
        Self {
            registry,
            driver,
            schema,
            fixture,
            gaps,
            world,
            scope,
            needs: Vec::new(),
            failures: Vec::new(),
            told: BTreeSet::new(),
        }
    }

    async fn run(&mut self) {
        let result = self.walk().await;
        self.note("", result);
        while let Some(need) = self.needs.pop() {
            let result = self.delete(&need).await;
            self.note("deleting what it needs", result);
        }
        let closed: Vec<_> = self.gaps.closed().collect();
        self.failures.extend(closed);
    }

    async fn walk(&mut self) -> Outcome {
        self.make_needs().await?;
        let mut object = self.created().await?;
        let result = self.identified(&object).await;
        self.note("", result);
        self.updated(&mut object).await;
        let result = self.retagged(&mut object).await;
        self.note("tags", result);
        let result = self.drifted(&object).await;
        self.note("drift", result);
        let result = self.replaced(&mut object).await;
        self.note("replace", result);
        self.deleted(&object).await
    }

    fn note(&mut self, what: &str, result: Outcome) {
        if let Err(failure) = result {
            self.failures.push(if what.is_empty() { failure } else { format!("{what}: {failure}") });
        }
    }

    fn report(&self) -> String {
        let calls = self.world.proxy.calls();
        let last = calls.iter().skip(calls.len().saturating_sub(40));
        let calls = last.map(|call| format!("  {call} {:?}\n", call.status)).collect::<String>();
        format!("{}\n{}\nthe last calls:\n{calls}", self.fixture.type_name, self.failures.join("\n"))
    }

    // Making

    async fn make_needs(&mut self) -> Outcome {
        for (name, need) in std::mem::take(&mut self.fixture.needs) {
            let driver = self.registry.get(&need.type_name).ok_or(format!("no driver for {}", need.type_name))?;
            let properties = self.scope.properties(&need.properties);
            let desired = desired(&name, properties, &need.type_name);
            let created = driver.create(&self.world.context, &desired).await;
            let created = created.map_err(|failed| format!("making {name}: {}", failed.error))?;
            self.scope.learn(&name, &created.id, &desired.properties);
            self.scope.learn(&name, &created.id, &created.outputs);
            let object = Object { driver, id: created.id, desired };
            let live = self.read(&object).await?;
            self.scope.learn(&name, &object.id, &live.properties);
            self.needs.push(object);
        }
        Ok(())
    }

    async fn created(&mut self) -> Outcome<Object<'a>> {
        let desired = self.desired(self.scope.properties(&self.fixture.create));
        if self.fixture.find && !self.gaps.at(Step::Find) {
            let found = self.driver.find(&self.world.context, &desired).await.map_err(text("find before create"))?;
            ensure(found.is_none(), || format!("find before create gives {found:?}"))?;
        }
        self.create(desired).await
    }

    async fn create(&mut self, desired: Desired) -> Outcome<Object<'a>> {
        let created = self.driver.create(&self.world.context, &desired).await;
        let created = created.map_err(|failed| format!("create: {}", failed.error))?;
        let object = Object { driver: self.driver, id: created.id, desired };
        let live = self.read(&object).await?;
        self.compare("after create", &object, &live);
        self.check_outputs(&created.outputs, &live);
        self.scope.learn("self", &object.id, &live.properties);
        Ok(object)
    }

    fn check_outputs(&mut self, outputs: &Properties, live: &Live) {
        for difference in differences(self.driver, &self.schema, outputs, &live.properties) {
            if !self.gaps.excuse(&difference) {
                self.failures.push(format!("outputs of create: {difference}"));
            }
        }
    }

    // Finding

    async fn identified(&mut self, object: &Object<'a>) -> Outcome {
        let missing = self.missing(object).await;
        self.note("missing", missing);
        let found = self.found(object).await;
        self.note("find", found);
        let listed = self.listed(object, true).await;
        self.note("list", listed);
        self.resolved(object).await
    }

    async fn missing(&self, object: &Object<'a>) -> Outcome {
        if self.gaps.at(Step::Missing) {
            return Ok(());
        }
        let missing = ResourceId::new(self.scope.text(&self.fixture.missing));
        let requests = [missing.clone(), object.id.clone(), missing].map(ReadRequest::all);
        let live = self.driver.read(&self.world.context, &requests).await.map_err(text("read"))?;
        let ids: Vec<_> = live.iter().map(|live| live.as_ref().map(|live| &live.id)).collect();
        ensure(ids == [None, Some(&object.id), None], || {
            format!("read of missing, {}, missing gives {ids:?}", object.id)
        })
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

    async fn listed(&self, object: &Object<'a>, expected: bool) -> Outcome {
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
            let id = self.driver.resolve(&self.world.context, &name).await.map_err(text("resolve"))?;
            ensure(id.as_ref() == Some(&object.id), || format!("resolve of `{name}` gives {id:?}, not {}", object.id))?;
        }
        Ok(())
    }

    // Changing

    async fn updated(&mut self, object: &mut Object<'a>) {
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
        let before = self.read(object).await?;
        let written = object.desired.properties.clone();
        overlay(&mut object.desired.properties, row);
        self.change(object, &before, row.keys().cloned().collect(), TagChange::default()).await?;
        let live = self.read(object).await?;
        self.compare(&format!("after update {}", json!(row)), object, &live);
        self.scope.learn("self", &object.id, &live.properties);
        for (property, _) in row.iter().filter(|(_, value)| value.is_null()) {
            let former = written.get(property).map(|value| Properties::from_iter([(property.clone(), value.clone())]));
            let is_there = live.properties.contains_key(property);
            let stays = is_there
                && former
                    .is_some_and(|former| differences(self.driver, &self.schema, &former, &live.properties).is_empty());
            ensure(!stays, || format!("{property} is still {}", live.properties[property]))?;
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
            ensure(found.iter().all(|difference| self.gaps.excuse(difference)), || found[0].to_string())?;
        }
        Ok(())
    }

    async fn retagged(&mut self, object: &mut Object<'a>) -> Outcome {
        if self.tags_property().is_none() || self.gaps.at(Step::Tags) {
            return Ok(());
        }
        self.retag(object, &[("cost", Some("web")), ("stranger", Some("yes"))]).await?;
        self.retag(object, &[("cost", Some("data"))]).await?;
        self.retag(object, &[("cost", None)]).await
    }

    async fn retag(&mut self, object: &mut Object<'a>, rows: &[(&str, Option<&str>)]) -> Outcome {
        let property = self.tags_property().unwrap_or_default().to_owned();
        let live = self.read(object).await?;
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
        let live = self.read(object).await?;
        let now = tags::from_json(live.properties.get(&property));
        ensure(wanted == now, || format!("wrote {wanted:?}, AWS has {now:?}"))
    }

    async fn drifted(&mut self, object: &Object<'a>) -> Outcome {
        let Some(drift) = self.fixture.drift.take() else { return Ok(()) };
        if self.gaps.at(Step::Drift) {
            return Ok(());
        }
        let drift = self.scope.properties(&drift);
        let mut drifted = Object { driver: self.driver, id: object.id.clone(), desired: object.desired.clone() };
        self.update(&mut drifted, &drift).await?;
        let live = self.read(object).await?;
        let seen = differences(self.driver, &self.schema, &object.desired.properties, &live.properties);
        let missed: Vec<_> = drift
            .keys()
            .filter(|name| !seen.iter().any(|found| found.path.top_level() == Some(name.as_str())))
            .collect();
        ensure(missed.is_empty(), || format!("a change of {missed:?} behind our back is not seen"))?;
        self.change(object, &live, drift.keys().cloned().collect(), TagChange::default()).await?;
        let live = self.read(object).await?;
        self.compare("after repair", object, &live);
        Ok(())
    }

    // Ending

    async fn replaced(&mut self, object: &mut Object<'a>) -> Outcome {
        let mut properties = object.desired.properties.clone();
        match (self.fixture.replace.take(), self.fixture.replace_with.take()) {
            _ if self.gaps.at(Step::Replace) => return Ok(()),
            (_, Some(whole)) => properties = self.scope.properties(&whole),
            (Some(row), None) => overlay(&mut properties, &self.scope.properties(&row)),
            (None, None) => return Ok(()),
        }
        let desired = self.desired(properties);
        if self.driver.replace_order() == ReplaceOrder::DeleteFirst {
            self.delete(object).await?;
            *object = self.create(desired).await?;
            return Ok(());
        }
        let old = std::mem::replace(object, self.create(desired).await?);
        ensure(old.id != object.id, || format!("the new object is the old one, {}", old.id))?;
        self.delete(&old).await?;
        let live = self.read(object).await?;
        self.compare("after the old one is deleted", object, &live);
        Ok(())
    }

    async fn deleted(&mut self, object: &Object<'a>) -> Outcome {
        if self.gaps.at(Step::Delete) {
            return Ok(());
        }
        self.delete(object).await?;
        let gone = self.driver.read(&self.world.context, &[ReadRequest::all(object.id.clone())]).await;
        ensure(gone.map_err(text("read"))?.iter().all(Option::is_none), || "it is there after delete".to_owned())?;
        self.listed(object, false).await?;
        self.delete(object).await.map_err(|error| format!("a second {error}"))
    }

    async fn delete(&self, object: &Object<'a>) -> Outcome {
        let properties = &object.desired.properties;
        let force = self.fixture.force;
        let deletion = Deletion { id: &object.id, properties, live: None, snapshot: None, force };
        object.driver.delete(&self.world.context, &deletion).await.map_err(text("delete"))
    }

    // Helping

    async fn read(&self, object: &Object<'a>) -> Outcome<Live> {
        let live = object.driver.read(&self.world.context, &[ReadRequest::all(object.id.clone())]).await;
        live.map_err(text("read"))?.pop().flatten().ok_or(format!("read does not give {}", object.id))
    }

    fn compare(&mut self, when: &str, object: &Object<'a>, live: &Live) {
        for difference in differences(self.driver, &self.schema, &object.desired.properties, &live.properties) {
            if !self.gaps.excuse(&difference) && self.told.insert(difference.to_string()) {
                self.failures.push(format!("{when}: {difference}"));
            }
        }
    }

    fn desired(&self, properties: Properties) -> Desired {
        desired("subject", properties, &self.fixture.type_name)
    }

    fn tags_property(&self) -> Option<&str> {
        self.schema.tag_property().map(|tags| tags.name.as_str())
    }
}

fn desired(name: &str, mut properties: Properties, type_name: &str) -> Desired {
    let ownership = Ownership { project: "conformance".into(), stack: "test".into(), address: Address::new(name) };
    add_tags(&mut properties, &ownership, type_name);
    Desired { properties, ownership, token: uuid::Uuid::new_v4().simple().to_string() }
}

/// The ownership tags, in the place of those of another owner.
fn add_tags(properties: &mut Properties, ownership: &Ownership, type_name: &str) {
    let schema = Catalog::standard().get(type_name).expect("AWS has the type");
    let Some(property) = schema.tag_property() else { return };
    let mut tags = tags::from_json(properties.get(&property.name));
    tags.extend(ownership.tags().map(|(key, value)| (key.to_owned(), value.to_owned())));
    let pairs = tags.iter().map(|(key, value)| (Some(key.as_str()), Some(value.as_str())));
    properties.insert(property.name.clone(), tags::to_json(pairs));
}

/// Sets what the row gives; a null takes the property out.
fn overlay(properties: &mut Properties, row: &Properties) {
    for (property, value) in row {
        match value {
            Value::Null => drop(properties.remove(property)),
            value => drop(properties.insert(property.clone(), value.clone())),
        }
    }
}

fn ensure(condition: bool, failure: impl FnOnce() -> String) -> Outcome {
    if condition { Ok(()) } else { Err(failure()) }
}

fn text(what: &str) -> impl Fn(AwsError) -> String {
    move |error| format!("{what}: {error}")
}
