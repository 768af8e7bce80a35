use std::collections::BTreeSet;
use std::sync::Arc;

use infra::aws::AwsError;
use infra::resources::{Desired, Driver, Live, Properties, ReadRequest, Registry, ResourceId};
use infra::schema::{Catalog, ResourceSchema};

use super::compare::{describe, differences};
use super::fixture::Fixture;
use super::gaps::{Gaps, Step};
use super::scope::Scope;
use super::writing::{desired, wanted};
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

pub struct Life<'a> {
    pub registry: &'a Registry,
    pub driver: &'a dyn Driver,
    pub schema: Arc<ResourceSchema>,
    pub fixture: Fixture,
    pub gaps: Gaps,
    pub world: World,
    pub scope: Scope,
    pub needs: Vec<Object<'a>>,
    pub failures: Vec<String>,
    /// Differences that are told already: most stay until the object is gone.
    pub told: BTreeSet<String>,
}

/// One object of the test.
pub struct Object<'a> {
    pub driver: &'a dyn Driver,
    pub id: ResourceId,
    pub desired: Desired,
}

pub type Outcome<T = ()> = Result<T, String>;

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

    pub fn note(&mut self, what: &str, result: Outcome) {
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

    async fn make_needs(&mut self) -> Outcome {
        for (name, need) in std::mem::take(&mut self.fixture.needs) {
            let driver = self.registry.get(&need.type_name).ok_or(format!("no driver for {}", need.type_name))?;
            let properties = self.scope.properties(&need.properties);
            let desired = desired(driver, &name, properties);
            let created = driver.create(&self.world.context, &desired).await;
            let created = created.map_err(|failed| format!("making {name}: {}", failed.error))?;
            self.scope.learn(&name, &created.id, &desired.properties);
            self.scope.learn(&name, &created.id, &created.outputs);
            let object = Object { driver, id: created.id, desired };
            let live = self.read(&object, &Properties::new()).await?;
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

    pub async fn create(&mut self, desired: Desired) -> Outcome<Object<'a>> {
        let created = self.driver.create(&self.world.context, &desired).await;
        let created = created.map_err(|failed| format!("create: {}", failed.error))?;
        let object = Object { driver: self.driver, id: created.id, desired };
        let live = self.read(&object, &created.outputs).await?;
        self.compare("after create", &object, &live);
        self.check_outputs(&created.outputs, &live);
        self.scope.learn("self", &object.id, &created.outputs);
        self.scope.learn("self", &object.id, &live.properties);
        Ok(object)
    }

    fn check_outputs(&mut self, outputs: &Properties, live: &Live) {
        for difference in differences(self.driver, &self.schema, outputs, &live.properties) {
            if !self.gaps.excuse(&difference) {
                self.failures.push(format!("outputs of create: {}", describe(&difference)));
            }
        }
    }

    /// Reads as a plan does: what is written, and what is asked for besides.
    pub async fn read(&self, object: &Object<'a>, besides: &Properties) -> Outcome<Live> {
        let mut properties = object.desired.properties.clone();
        properties.extend(besides.clone());
        let request = ReadRequest { id: object.id.clone(), wanted: wanted(&properties) };
        let live = object.driver.read(&self.world.context, &[request]).await;
        live.map_err(text("read"))?.pop().flatten().ok_or(format!("read does not give {}", object.id))
    }

    pub fn compare(&mut self, when: &str, object: &Object<'a>, live: &Live) {
        for difference in differences(self.driver, &self.schema, &object.desired.properties, &live.properties) {
            let text = describe(&difference);
            if !self.gaps.excuse(&difference) && self.told.insert(text.clone()) {
                self.failures.push(format!("{when}: {text}"));
            }
        }
    }

    pub fn desired(&self, properties: Properties) -> Desired {
        desired(self.driver, "subject", properties)
    }

    pub fn tags_property(&self) -> Option<&str> {
        self.schema.tag_property().map(|tags| tags.name.as_str())
    }
}

pub fn ensure(condition: bool, failure: impl FnOnce() -> String) -> Outcome {
    if condition { Ok(()) } else { Err(failure()) }
}

pub fn text(what: &str) -> impl Fn(AwsError) -> String {
    move |error| format!("{what}: {error}")
}
