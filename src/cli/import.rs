use std::collections::BTreeMap;

use clap::Args;
use serde_json::json;

use super::choice::Choice;
use super::exit::Exit;
use super::global::Global;
use super::locked_run::{LockedRun, under_lock};
use super::locking::Locking;
use super::planning::Planning;
use super::run_recorder::RunRecorder;
use super::user_error::UserError;
use crate::address::Address;
use crate::apply::OwnershipTags;
use crate::plan::adoption::{Found, Reference, candidates, find};
use crate::plan::{Claims, ObjectIdentity, PlanOptions, Reason, Step, adopted, worth_writing};
use crate::report::printer::{errln, out, outln};
use crate::report::{PlanText, plan_json, plan_text};
use crate::resources::ResourceId;
use crate::schema::Catalog;
use crate::state::{Change, FingerprintKey, ResourceState, Snapshot};

#[derive(Debug, Args)]
pub struct Import {
    /// The object: `rds:my-cluster`, `sqs:jobs`, or with its full type `AWS::RDS::DBCluster:my-cluster`
    object: String,
    /// The resource of the stack file that it is
    #[arg(long = "as", value_name = "ADDRESS")]
    address: Option<String>,
    /// Move the object here from the stack that its tags name: they are changed at once
    #[arg(long)]
    take_over: bool,
    #[command(flatten)]
    locking: Locking,
}

impl Import {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let reference = Reference::parse(&self.object).ok_or_else(|| {
            UserError::failed(format!("`{}` names no object", self.object))
                .hint("write SERVICE:NAME, as in `infra import rds:my-cluster`, or AWS::SERVICE::TYPE:ID")
        })?;
        let planning = Planning::start(global, false).await?;
        let import = async |run: &LockedRun| self.import(&planning, run, &reference).await;
        under_lock(&planning.state, "import", self.locking.lock_timeout, import).await
    }

    async fn import(&self, planning: &Planning<'_>, run: &LockedRun, reference: &Reference) -> Result<Exit, UserError> {
        if reference.drivers(&planning.registry).is_empty() {
            let message = format!("no driver of this infra is for `{}`", reference.kind);
            return Err(UserError::failed(message).hint("`infra schema` lists the types that have a native driver"));
        }
        let stack = planning.stack()?;
        let region = self.region(planning)?;
        let reader = planning.reader()?;
        let found = async { Ok(find(reference, &planning.registry, &reader, &region).await?) };
        let mut found = run.unless_interrupted(found).await?;
        if found.is_empty() {
            let message = format!("{region} has no {} called {}", reference.kind, reference.text);
            return Err(UserError::failed(message).hint("check the name, the region and the account"));
        }
        leave_held(&run.session.snapshot(), &mut found)?;
        let candidates = candidates(stack, &run.session.snapshot(), &found);
        match self.choose(planning, &candidates)? {
            Some(address) => {
                found.retain(|found| stack.resources.get(&address).is_some_and(|one| one.type_name == found.type_name));
                self.record(planning, run, address, &found).await
            }
            None => {
                let options = PlanOptions::default();
                let snapshot = run.session.snapshot();
                let claims = Claims::new(Catalog::standard(), &snapshot, Some(stack), &options);
                found.iter().try_for_each(|found| self.ensure_free(&claims, found))?;
                paste(planning, &found, &reference.text)
            }
        }
    }

    /// Whoever pastes another stack's object into a file is told before, not at the apply.
    fn ensure_free(&self, claims: &Claims<'_>, found: &Found) -> Result<(), UserError> {
        let claim = claims.on(&Address::new(""), found.type_name, None, &found.live);
        match claim.refusal(false, claims.is_ephemeral) {
            Some(reason) if !self.take_over || claims.is_ephemeral => Err(refused(&found.live.id, &reason)),
            _ => Ok(()),
        }
    }

    fn region(&self, planning: &Planning<'_>) -> Result<String, UserError> {
        let stack = planning.stack()?;
        let resource = self.address.as_ref().and_then(|address| stack.resources.get(&Address::new(address)));
        Ok(resource.and_then(|resource| resource.region.clone()).unwrap_or_else(|| stack.region.clone()))
    }

    /// The resource that the object is to be; `None` where the file has none.
    fn choose(
        &self,
        planning: &Planning<'_>,
        candidates: &BTreeMap<&Address, &str>,
    ) -> Result<Option<Address>, UserError> {
        if let Some(text) = &self.address {
            let address = Address::new(text);
            return match candidates.contains_key(&address) {
                true => Ok(Some(address)),
                false if planning.stack()?.resources.contains_key(&address) => {
                    Err(UserError::failed(format!("{address} is in state already, or of another type")))
                }
                false => Err(UserError::failed(format!("the stack file has no resource `{address}`"))),
            };
        }
        let names: Vec<String> = candidates.keys().map(ToString::to_string).collect();
        match names.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(Address::new(one))),
            several => Err(UserError::failed(format!("the object could be any of {}", several.join(", ")))
                .hint("say which with --as ADDRESS")),
        }
    }

    async fn record(
        &self,
        planning: &Planning<'_>,
        run: &LockedRun,
        address: Address,
        found: &[Found],
    ) -> Result<Exit, UserError> {
        let [Found { live, .. }] = found else {
            return Err(UserError::failed("more than one object has this name").hint("write its full type"));
        };
        let imports = BTreeMap::from([(address.clone(), live.id.clone())]);
        let choice = Choice { target: vec![address.to_string()], ..Choice::default() };
        let take_over = self.take_over.then(|| address.to_string()).into_iter().collect();
        let (snapshot, options) = (run.session.snapshot(), PlanOptions { take_over, ..choice.options() });
        let planned = planning.plan_with(&snapshot, &options, imports);
        let (header, mut plan) = run.unless_interrupted(planned).await?;
        plan.steps.retain(|step| step.address == address);
        // Outputs are the next apply's to record.
        plan.output_changes.clear();
        if planning.workspace.global.json {
            outln!("{}", serde_json::to_string_pretty(&plan_json(&header, &plan))?);
        } else {
            out!("{}", plan_text(&header, &plan, PlanText::default()));
        }
        let stack = planning.stack()?;
        let lifetime = Some(stack.ephemeral).filter(|_| snapshot.ephemeral.is_none());
        let ownership = plan.step(&address).and_then(|step| step.reasons.iter().find(|reason| reason.is_ownership()));
        if let Some(reason) = ownership {
            return Err(refused(&live.id, reason));
        }
        let adopt = |key: &FingerprintKey| adopted(&plan, stack, &planning.registry, Catalog::standard(), key);
        if adopt(&snapshot.fingerprint_key.opened(&planning.vault)).is_empty() {
            let message = format!("the file describes another object than {}, so it was not imported", live.id);
            return Err(UserError::new(Exit::Refused, message).hint("write what the object has, and import again"));
        }
        let recorder = RunRecorder::begin(planning, &run.session, &plan);
        let sealed = planning.seal(&snapshot).await?;
        drop(snapshot);
        run.record(sealed).await?;
        let changes = adopt(&run.session.snapshot().fingerprint_key.opened(&planning.vault));
        run.record(changes.into_iter().chain(lifetime.map(Change::lifetime)).collect()).await?;
        let taken = plan.step(&address).filter(|step| step.work.takes_over);
        let owned = match taken {
            Some(step) => change_owner(planning, run, step).await,
            None => Ok(()),
        };
        run.remember(recorder.end_import()).await;
        owned?;
        let changed = if taken.is_some() { "only its ownership tags were" } else { "nothing was" };
        errln!("imported {} as {address}; {changed} changed in AWS", live.id);
        Ok(Exit::Done)
    }
}

fn refused(id: &ResourceId, reason: &Reason) -> UserError {
    UserError::new(Exit::Refused, format!("{id} was not imported: it {reason}"))
}

/// Puts this stack's ownership tags in the place of the other's. A run that ends before leaves it to the next apply.
async fn change_owner(planning: &Planning<'_>, run: &LockedRun, step: &Step) -> Result<(), UserError> {
    let (address, snapshot) = (&step.address, run.session.snapshot());
    let (Some(state), Some(live)) = (snapshot.resources.get(address), &step.work.live) else { return Ok(()) };
    let reader = planning.reader()?;
    let (driver, context) = (reader.driver(address, &step.type_name)?, reader.context(&step.region));
    let missing = || UserError::failed(format!("{} has no schema", step.type_name));
    let schema = Catalog::standard().get(&step.type_name).ok_or_else(missing)?;
    let ownership = ObjectIdentity::of(planning.stack()?, address).ownership();
    let tags = OwnershipTags { driver, schema: &schema, context: &context, live };
    planning.connection()?.hold_to(&run.session);
    let put = async {
        let put = tags.put(&ownership).await;
        put.map_err(|error| UserError::failed(format!("the next apply puts this stack's tags on {address}: {error}")))
    };
    run.unless_abandoned(put).await?;
    run.record(vec![Change::describe(address, tags.written(state, &ownership))]).await
}

/// Leaves out what state has already: one object under two addresses would be deleted with either.
///
/// # Errors
/// Where nothing else was found.
fn leave_held(snapshot: &Snapshot, found: &mut Vec<Found>) -> Result<(), UserError> {
    let holder = |found: &Found| {
        let holds =
            |state: &ResourceState| state.type_name == found.type_name && state.ids().any(|id| *id == found.live.id);
        snapshot.resources.iter().find(|(_, state)| holds(state)).map(|(address, _)| address.clone())
    };
    let first = found.first().and_then(holder);
    found.retain(|found| holder(found).is_none());
    match (first, found.is_empty()) {
        (Some(address), true) => Err(UserError::failed(format!("the object is in state already, as `{address}`"))),
        _ => Ok(()),
    }
}

/// The file has no such resource: the YAML that describes the object, ready to paste.
fn paste(planning: &Planning<'_>, found: &[Found], text: &str) -> Result<Exit, UserError> {
    let mut resources = serde_json::Map::new();
    for Found { type_name, live } in found {
        let (Some(driver), Some(schema)) = (planning.registry.get(type_name), Catalog::standard().get(type_name))
        else {
            continue;
        };
        let properties = worth_writing(driver, &schema, live);
        let entry = json!({"type": type_name, "import": live.id.as_str(), "properties": properties});
        resources.insert(resource_name(text, type_name, found.len()), entry);
    }
    let yaml = serde_yaml::to_string(&resources);
    let yaml = yaml.map_err(|error| UserError::failed(format!("cannot write YAML: {error}")))?;
    errln!("the stack file has no resource for it; paste this under `resources`, and `infra apply` takes it in:");
    outln!("{}", yaml.replace("${", "$${").trim_end());
    Ok(Exit::Done)
}

fn resource_name(text: &str, type_name: &str, count: usize) -> String {
    let last = text.rsplit(['/', ':']).next().unwrap_or(text);
    let mut name: String =
        last.to_lowercase().chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '_' }).collect();
    if count > 1 {
        name = format!("{name}_{}", type_name.rsplit("::").next().unwrap_or_default().to_lowercase());
    }
    if name.starts_with(|char: char| char.is_ascii_digit()) { format!("r_{name}") } else { name }
}
