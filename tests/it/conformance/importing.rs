//! An object that infra did not make is printed so that a stack file with it pasted in plans no change.

use infra::address::Address;
use infra::aws::Context;
use infra::resources::{Desired, Driver, Form, Live, Ownership, Properties, ReadRequest, Registry};

use super::fixture::Fixture;
use super::scope::Scope;
use crate::environment::TestEnvironment;
use crate::proxy::Routes;
use crate::world::REGION;

/// Fixtures whose objects cannot be imported from their emulator, and why.
const GAPS: &[(&str, &str)] = &[];

const HEAD: &str = "project: shop\nregion: us-west-2\nresources:\n";

/// Makes the fixture's object behind the stack's back, prints it by each text that means it, and pastes what was printed.
pub fn imported(name: &str) {
    if GAPS.iter().any(|(gap, _)| *gap == name) {
        return;
    }
    let fixture = Fixture::load(name);
    let registry = Registry::standard();
    let driver = registry.get(&fixture.type_name).expect("the fixture's type is registered");
    let routes = fixture.route.iter().fold(Routes::default(), |routes, (name, backend)| routes.with(name, *backend));
    let environment = TestEnvironment::with_routes(routes);
    for call in &fixture.nothing {
        environment.proxy.on(call).fail(404, "ResourceNotFoundException", "the emulator does not know this call");
    }
    let texts = environment.behind_our_back(async |context| {
        let mut scope = Scope::new(&environment.unique, &environment.account, REGION);
        let id = make(context, &registry, &mut scope, &fixture).await;
        let texts = fixture.resolve.iter().map(|text| scope.text(text));
        std::iter::once(id).chain(texts).collect::<Vec<_>>()
    });
    environment.write("stacks/dev.yaml", HEAD);
    let printed = print(&environment, driver, &texts);
    environment.write("stacks/dev.yaml", &format!("{HEAD}{printed}"));
    environment.proxy.reset();
    for call in &fixture.nothing {
        environment.proxy.on(call).fail(404, "ResourceNotFoundException", "the emulator does not know this call");
    }
    let plan = environment.run_raw(&["plan", "--json"]);
    assert_eq!(plan.code, Some(0), "{printed}\n{plan}");
    let json: serde_json::Value = serde_json::from_str(&plan.stdout).expect("JSON");
    assert_eq!(json["plan"]["steps"][0]["action"], "import", "{printed}\n{plan}");
    assert_eq!(json["plan"]["steps"][0]["differences"].as_array().map_or(0, Vec::len), 0, "{printed}\n{plan}");
    let apply = environment.run_raw(&["apply", "--yes"]);
    assert_eq!(apply.code, Some(0), "{printed}\n{apply}");
    let plan = environment.run_raw(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.code, Some(0), "{printed}\n{plan}");
    let writes: Vec<_> = environment.proxy.calls().into_iter().filter(|call| !call.reads()).collect();
    assert!(writes.is_empty(), "{writes:?}");
}

/// What is printed, the same for every text.
fn print(environment: &TestEnvironment, driver: &dyn Driver, texts: &[String]) -> String {
    let mut printed: Option<String> = None;
    for text in texts {
        let tells = |form: &Form| form.tells_type() && form.meaning(text).is_some();
        let object = match driver.forms().iter().any(tells) {
            true => text.clone(),
            false => format!("{}:{text}", driver.type_name()),
        };
        let run = environment.run_raw(&["import", &object, "--as", "subject"]).expect(0);
        let first = printed.get_or_insert_with(|| run.stdout.clone());
        assert_eq!(*first, run.stdout, "{object}");
    }
    printed.expect("an object has an id")
}

/// Makes the object and what it needs, without tags of ours; its identifier.
async fn make(context: &Context, registry: &Registry, scope: &mut Scope, fixture: &Fixture) -> String {
    for (name, need) in &fixture.needs {
        let driver = registry.get(&need.type_name).expect("a registered type");
        made(context, driver, scope, name, &need.properties).await;
    }
    let driver = registry.get(&fixture.type_name).expect("a registered type");
    made(context, driver, scope, "self", &fixture.create).await.id.to_string()
}

async fn made(context: &Context, driver: &dyn Driver, scope: &mut Scope, name: &str, written: &Properties) -> Live {
    let mut properties = scope.properties(written);
    driver.canonicalize(&mut properties);
    let ownership = Ownership { project: "none".into(), stack: "none".into(), address: Address::new(name) };
    let token = uuid::Uuid::new_v4().simple().to_string();
    let desired = Desired { properties: properties.clone(), ownership, token, held: Vec::new() };
    let created = driver.create(context, &desired).await;
    let created = created.unwrap_or_else(|failed| panic!("making {name}: {}", failed.error));
    scope.learn(name, &created.id, &properties);
    scope.learn(name, &created.id, &created.outputs);
    let live = driver.read(context, &[ReadRequest::all(created.id)]).await.expect("an answer");
    let live = live.into_iter().next().flatten().expect("the new object");
    scope.learn(name, &live.id, &live.properties);
    live
}
