use serde_json::Value;

use super::fault::Strike;
use super::finding::{Finding, Trouble};
use super::inventory::Inventory;
use super::phase::Phase;
use super::picture::Picture;
use super::place::Place;
use super::spelling::Spelling;
use super::{drivers, observer};
use crate::emulators::Backend;
use crate::environment::{Output, TestEnvironment};
use crate::proxy::{Call, Hold, Routes};
use crate::world;

const STACK: &str = include_str!("shop.yaml");

/// Reads that an emulator does not know, and whose answer is that there is nothing.
const NOTHING: [&str; 2] = ["logs:DescribeIndexPolicies", "logs:GetDataProtectionPolicy"];

/// The stack of the sweep in an account of its own.
pub struct Shop {
    pub environment: TestEnvironment,
}

impl Shop {
    /// An empty account. The databases are at the emulator that has the subnets.
    pub fn open(place: Place) -> Self {
        let mut environment = TestEnvironment::with_routes(Routes::default().with("rds", Backend::Moto));
        environment.set("SHOP_PASSPHRASE", "correct-horse-battery-staple");
        let state = match place {
            Place::Folder => String::new(),
            Place::Bucket => format!("state: s3://{}\n", environment.unique),
        };
        environment.write("stacks/dev.yaml", &format!("{state}{STACK}"));
        if place == Place::Bucket {
            environment.run(&["init", "--state", &format!("s3://{}", environment.unique)]).expect(0);
        }
        environment.proxy.reset();
        Self { environment }
    }

    /// Runs a phase to its end.
    pub fn run(&self, phase: Phase) -> Output {
        self.environment.run(&phase.arguments())
    }

    /// Runs a phase to whatever end it comes to while its calls go wrong.
    pub fn run_under(&self, phase: Phase, strikes: &[Strike], call_timeout: &str) -> Output {
        self.environment.proxy.reset();
        let connections = self.environment.proxy.connections();
        strikes.iter().for_each(|strike| strike.set(&self.environment.proxy));
        let mut arguments = phase.arguments();
        arguments.extend(["--call-timeout", call_timeout]);
        let output = self.environment.run(&arguments);
        self.environment.proxy.await_end_of(connections);
        self.environment.proxy.reset();
        output
    }

    /// Kills a phase at its `boundary`-th call; that call, or how the run ended before it came so far.
    pub fn kill(&self, phase: Phase, moment: Hold, boundary: usize) -> Result<Call, Output> {
        let proxy = &self.environment.proxy;
        proxy.reset();
        let connections = proxy.connections();
        let held = proxy.on("*").nth(boundary).hold(moment);
        let mut running = self.environment.start(&phase.arguments());
        let call = loop {
            match held.reached_soon() {
                None if !running.has_ended() => {}
                call => break call,
            }
        };
        if call.is_some() {
            running.kill();
        }
        let output = running.wait();
        drop(held);
        proxy.await_end_of(connections);
        proxy.reset();
        call.ok_or(output)
    }

    /// Looks at everything there is to see once a phase is done.
    pub fn look(&self, phase: Phase) -> Picture {
        let (environment, mut findings) = (&self.environment, Vec::new());
        let outputs = environment.run_raw(&["outputs", "--set", phase.stage()]);
        self.expect(&mut findings, &outputs, "outputs");
        if phase != Phase::Destroy {
            let plan = environment.run(&["plan", "--detailed-exitcode", "--set", phase.stage()]);
            if plan.code != Some(0) {
                findings.push(Finding::new(Trouble::Unsettled, format!("the plan is not empty: {plan}")));
            }
        }
        findings.extend(self.unsettled(phase));
        let (objects, troubles) = self.through_drivers();
        findings.extend(troubles);
        let by_drivers = Spelling::of(&objects, environment.normalizer());
        let observed = observer::objects(environment.proxy.url(), &environment.account);
        let by_observer = Spelling::of(&observed, environment.normalizer());
        Picture {
            drivers: Inventory::of(&objects, &by_drivers),
            observer: Inventory::of(&observed, &by_observer),
            outputs: by_observer.text(&outputs.stdout),
            findings,
        }
    }

    fn through_drivers(&self) -> (Vec<super::object::Object>, Vec<Finding>) {
        let (proxy, account) = (&self.environment.proxy, &self.environment.account);
        proxy.reset();
        for call in NOTHING {
            proxy.on(call).fail(404, "ResourceNotFoundException", "the emulator does not know this call");
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let found = runtime.block_on(drivers::objects(&world::context(proxy, account)));
        proxy.reset();
        found
    }

    /// What state still has to settle: nothing, once a run was done with everything.
    fn unsettled(&self, phase: Phase) -> Vec<Finding> {
        let pulled = self.environment.run_raw(&["state", "pull", "--set", phase.stage()]);
        let mut findings = Vec::new();
        self.expect(&mut findings, &pulled, "state pull");
        let state: Value = serde_json::from_str(&pulled.stdout).unwrap_or_default();
        let resources = state.get("resources").and_then(Value::as_object).cloned().unwrap_or_default();
        let empty = phase == Phase::Destroy;
        if empty != resources.is_empty() {
            findings.push(Finding::new(Trouble::Unsettled, format!("state has {} resources", resources.len())));
        }
        for (address, resource) in resources {
            let superseded = resource.get("superseded").and_then(Value::as_array).is_some_and(|old| !old.is_empty());
            if resource["status"] != "ready" || superseded {
                findings.push(Finding::new(Trouble::Unsettled, format!("{address} in state: {resource}")));
            }
        }
        findings
    }

    fn expect(&self, findings: &mut Vec<Finding>, output: &Output, what: &str) {
        if output.code != Some(0) {
            findings.push(Finding::new(Trouble::Failed, format!("{what}: {output}")));
        }
    }
}
