use std::collections::BTreeMap;

use clap::Args;

use super::choice::Choice;
use super::exit::Exit;
use super::global::Global;
use super::locked_run::{LockedRun, under_lock};
use super::locking::Locking;
use super::pasting::{Paste, paste};
use super::planning::Planning;
use super::run_recorder::RunRecorder;
use super::user_error::UserError;
use crate::address::Address;
use crate::apply::OwnershipTags;
use crate::plan::adoption::{Findings, Found, Reference, candidates, find};
use crate::plan::{Claims, ObjectIdentity, PlanOptions, Reason, Step, adopted};
use crate::report::printer::{errln, out};
use crate::report::{PlanText, document, plan_json, plan_text};
use crate::resources::ResourceId;
use crate::schema::Catalog;
use crate::stack::{Resource, Stack};
use crate::state::{Change, FingerprintKey, ResourceState, Snapshot};

#[derive(Debug, Args)]
pub struct Import {
    /// The object: an ARN, an id such as `vpc-0a1b2c3d`, or a name with its service or type, `rds:my-cluster`,
    /// `AWS::RDS::DBCluster:my-cluster`. `infra schema TYPE` lists the forms of a type
    object: String,
    /// The resource of the stack file that it is, or the name under which to print it
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
        let planning = Planning::start(global, false).await?;
        let expected = self.resource(planning.stack()?).map(|resource| resource.type_name.as_str());
        let reference = Reference::parse(&self.object, &planning.registry, expected);
        let reference = reference.map_err(|unclear| UserError::failed(unclear.message).hint(unclear.hint))?;
        let import = async |run: &LockedRun| self.import(&planning, run, &reference).await;
        under_lock(&planning.state, "import", self.locking.lock_timeout, import).await
    }

    async fn import(
        &self,
        planning: &Planning<'_>,
        run: &LockedRun,
        reference: &Reference<'_>,
    ) -> Result<Exit, UserError> {
        let stack = planning.stack()?;
        let region = self.region(stack, reference);
        let mut found = self.find(planning, run, reference, &region).await?;
        leave_held(&run.session.snapshot(), &mut found)?;
        let candidates = candidates(stack, &run.session.snapshot(), &found, &region);
        match self.choose(stack, &run.session.snapshot(), &candidates)? {
            Some(address) => {
                found.retain(|found| stack.resources.get(&address).is_some_and(|one| one.type_name == found.type_name));
                self.record(planning, run, address, &found).await
            }
            None => {
                let options = PlanOptions::default();
                let snapshot = run.session.snapshot();
                let claims = Claims::new(Catalog::standard(), &snapshot, Some(stack), &options);
                found.iter().try_for_each(|found| self.ensure_free(&claims, found))?;
                let named = self.address.as_deref();
                if named.is_some() && found.len() > 1 {
                    return Err(several(&found));
                }
                paste(&Paste { planning, snapshot: &snapshot, region: &region }, &found, named)
            }
        }
    }

    /// What the reference means in the region.
    async fn find(
        &self,
        planning: &Planning<'_>,
        run: &LockedRun,
        reference: &Reference<'_>,
        region: &str,
    ) -> Result<Vec<Found>, UserError> {
        let reader = planning.reader()?;
        if let Some(place) = reference.elsewhere(&reader.context(region)) {
            return Err(UserError::failed(format!("{} {place}", self.object)));
        }
        let found = async { Ok(find(reference, &reader, region).await?) };
        let Findings { found, ambiguous } = run.unless_interrupted(found).await?;
        if found.is_empty() && ambiguous.is_empty() {
            let kind = if reference.kind.is_empty() { "object" } else { &reference.kind };
            let message = format!("{region} has no {kind} called {}", reference.text);
            return Err(UserError::failed(message).hint("check the name, the region and the account"));
        }
        if found.is_empty() {
            return Err(UserError::failed(ambiguous.join("\n")).hint("`infra import AWS::SERVICE::TYPE:ID` says which"));
        }
        ambiguous.iter().for_each(|other| errln!("not taken for it: {other}"));
        Ok(found)
    }

    /// Whoever pastes another stack's object into a file is told before, not at the apply.
    fn ensure_free(&self, claims: &Claims<'_>, found: &Found) -> Result<(), UserError> {
        let claim = claims.on(&Address::new(""), found.type_name, None, &found.live);
        match claim.refusal(false, claims.is_ephemeral) {
            Some(reason) if !self.take_over || claims.is_ephemeral => Err(refused(&found.live.id, &reason)),
            _ => Ok(()),
        }
    }

    /// The resource that `--as` names, where the file has it.
    fn resource<'a>(&self, stack: &'a Stack) -> Option<&'a Resource> {
        stack.resources.get(&Address::new(self.address.as_ref()?))
    }

    /// Where the object is: as its resource says, else as its ARN does, else in the stack's region.
    fn region(&self, stack: &Stack, reference: &Reference<'_>) -> String {
        let of_resource = self.resource(stack).map(|resource| stack.region_of(resource));
        of_resource.or_else(|| reference.region()).unwrap_or(&stack.region).to_owned()
    }

    /// The resource that the object is to be; `None` where the file has none.
    fn choose(
        &self,
        stack: &Stack,
        snapshot: &Snapshot,
        candidates: &BTreeMap<&Address, &str>,
    ) -> Result<Option<Address>, UserError> {
        if let Some(text) = &self.address {
            let address = Address::new(text);
            return match candidates.contains_key(&address) {
                true => Ok(Some(address)),
                false => unfit(stack, snapshot, &address).map_or(Ok(None), |why| Err(UserError::failed(why))),
            };
        }
        let names: Vec<String> = candidates.keys().map(ToString::to_string).collect();
        match names.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(Address::new(one))),
            several => Err(UserError::failed(format!("the object could be any of {}", several.join(", ")))
                .hint("say which with --as ADDRESS, or with --as and a new name that it is none of these")),
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
            return Err(several(found));
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
            document::tell(&plan_json(&header, &plan))?;
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

fn several(found: &[Found]) -> UserError {
    let types: Vec<&str> = found.iter().map(|found| found.type_name).collect();
    UserError::failed(format!("several objects have this name: {}", types.join(", "))).hint("write the full type")
}

/// Why no object can be taken in under an address that no candidate has; `None` where it is free for a new resource.
fn unfit(stack: &Stack, snapshot: &Snapshot, address: &Address) -> Option<String> {
    let is_held = snapshot.resources.get(address).is_some_and(|state| state.id().is_some());
    match stack.resources.get(address) {
        Some(resource) if resource.is_lookup() => Some(format!("{address} is looked up and never changed")),
        Some(_) if is_held => Some(format!("{address} is in state already, with another object")),
        Some(resource) => {
            let region = stack.region_of(resource);
            Some(format!("{address} is an {} in {region}, and the object is another", resource.type_name))
        }
        None if is_held => Some(format!("state has an object as {address} already, which the file lacks")),
        None => stack.refuses_new_name(address.as_str()),
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
