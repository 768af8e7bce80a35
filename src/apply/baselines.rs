//! What objects have beside what was written of them, read at the end of a run for later comparisons.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::future::join_all;

use super::{Apply, ApplyReport, Verdict};
use crate::address::Address;
use crate::plan::{
    Disclosure, LiveReader, OperationKind, PlanError, Question, Step, Unwritten, baseline, changed_beside_tags,
};
use crate::resources::{Driver, Live, Properties, ReadRequest, ResourceId, Wanted};
use crate::schema::{PropertyPath, ResourceSchema};
use crate::stack::Stack;
use crate::state::{Change, ResourceState};

/// The baselines that a run leaves, and which objects it could not read for them.
#[derive(Default)]
pub struct Baselines {
    pub kept: Option<Change>,
    pub unread: Vec<String>,
}

/// Why an object is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// The run made it: what a new object is sure to have needs no question.
    Made,
    /// The run changed it: what our change brought with it is nobody's drift.
    Changed,
    /// Nobody has looked yet.
    Unknown,
}

struct Candidate<'a> {
    step: &'a Step,
    id: ResourceId,
    state: ResourceState,
    driver: &'a dyn Driver,
    schema: Arc<ResourceSchema>,
    look: Look,
    /// The properties that AWS may have something new of, without tags, from which nothing follows.
    changed: BTreeSet<String>,
    /// Those that this run took away.
    removed: BTreeSet<String>,
    /// The properties to ask for.
    wanted: BTreeSet<String>,
}

impl Baselines {
    /// Reads the objects that the run made or changed and those without a baseline, all of a type and region in one question,
    /// and of each no more than is not known otherwise. An ephemeral stack keeps none on its own account: it lives shorter than
    /// anybody would look.
    pub async fn take(apply: &Apply<'_>, report: &ApplyReport) -> Self {
        let Some(stack) = apply.stack.filter(|_| !apply.plan.options.destroy) else { return Self::default() };
        let candidates = candidates(apply, stack, report);
        let known = candidates.iter().filter(|candidate| candidate.look != Look::Changed);
        let mut taken: BTreeMap<Address, Properties> =
            known.map(|candidate| (candidate.step.address.clone(), Properties::new())).collect();
        let mut groups: BTreeMap<(&str, &str), Vec<&Candidate<'_>>> = BTreeMap::new();
        for candidate in candidates.iter().filter(|candidate| !candidate.wanted.is_empty()) {
            let (address, step) = (&candidate.step.address, candidate.step);
            taken.remove(address);
            groups.entry((&step.type_name, &step.region)).or_default().push(candidate);
        }
        let mut unread = Vec::new();
        for read in join_all(groups.into_values().map(|group| read(apply, stack, group))).await {
            match read {
                Ok(baselines) => taken.extend(baselines),
                Err(error) => unread.push(stack.secrets().mask(&error.to_string()).into_owned()),
            }
        }
        let is_new = |address: &Address, baseline: &Properties| {
            apply.session.resource(address).is_some_and(|state| state.baseline.as_ref() != Some(baseline))
        };
        taken.retain(|address, baseline| is_new(address, baseline));
        Self { kept: (!taken.is_empty()).then(|| Change::baselines(taken)), unread }
    }
}

fn candidates<'a>(apply: &'a Apply<'a>, stack: &Stack, report: &ApplyReport) -> Vec<Candidate<'a>> {
    let done = report.outcomes.iter().filter(|outcome| matches!(outcome.verdict, Verdict::Done { .. }));
    let done: BTreeMap<&Address, &OperationKind> = done
        .map(|outcome| (&outcome.operation.address, &outcome.operation.kind))
        .filter(|(_, kind)| kind.writes())
        .collect();
    let candidate = |step: &'a Step| {
        let is_wanted = stack.resources.get(&step.address).is_some_and(|resource| !resource.is_lookup());
        let driver = apply.registry.get(&step.type_name).filter(|driver| is_wanted && !driver.is_local())?;
        let state = apply.session.resource(&step.address).filter(|state| state.life.is_ready())?;
        let (schema, done) = (apply.catalog.get(&step.type_name)?, done.get(&step.address));
        let look = match (&state.baseline, done) {
            (None, _) if stack.ephemeral => return None,
            (None, Some(OperationKind::Create | OperationKind::Replace)) => Look::Made,
            (None, _) => Look::Unknown,
            (Some(_), _) => Look::Changed,
        };
        let open = state.baseline.iter().flatten().filter(|(_, value)| value.is_null()).map(|(name, _)| name.clone());
        let ours = done.map(|_| changed_beside_tags(&schema, &step.differences)).unwrap_or_default();
        let removed = ours.iter().filter(|name| !state.properties.contains_key(*name)).cloned().collect();
        let (id, changed) = (state.id()?.clone(), open.chain(ours).collect());
        let candidate = Candidate { step, id, state, driver, schema, look, changed, removed, wanted: BTreeSet::new() };
        Some(Candidate { wanted: candidate.properties(), ..candidate })
    };
    let steps = apply.plan.steps.iter().filter(|step| !step.work.left_out && !step.is_refused());
    steps.filter_map(candidate).collect()
}

/// The baselines of objects of one type and region, read in one question; one that AWS does not show yet has none.
async fn read(
    apply: &Apply<'_>,
    stack: &Stack,
    group: Vec<&Candidate<'_>>,
) -> Result<Vec<(Address, Properties)>, PlanError> {
    let reader = LiveReader { registry: apply.registry, clients: apply.clients.clone(), account: apply.account };
    let mut read = reader.read(group.iter().map(|candidate| candidate.question()).collect()).await?;
    let baseline = |candidate: &&Candidate<'_>| {
        let address = &candidate.step.address;
        let live = read.remove(address).flatten()?;
        Some((address.clone(), candidate.baseline(apply, stack, &live)))
    };
    Ok(group.iter().filter_map(baseline).collect())
}

impl Candidate<'_> {
    fn question(&self) -> Question {
        Question {
            address: self.step.address.clone(),
            type_name: self.step.type_name.clone(),
            region: self.step.region.clone(),
            request: ReadRequest { id: self.id.clone(), wanted: Wanted::Only(self.wanted.clone()) },
        }
    }

    /// The properties to ask for; none where nothing is to be found out.
    fn properties(&self) -> BTreeSet<String> {
        let unwritten = Unwritten { driver: self.driver, schema: &self.schema };
        let tags = self.schema.tag_property().map(|tags| tags.name.as_str());
        let (usual, before) = (self.driver.usual_at_first(), self.step.work.live.as_deref());
        let is_open = |name: &str| match self.look {
            Look::Unknown => true,
            Look::Made => !usual.contains(&name),
            Look::Changed if self.changed.is_empty() => false,
            // What was not read before the change cannot be told from what somebody else has done.
            Look::Changed => {
                self.changed.contains(name) || before.is_some_and(|live| live.properties.contains_key(name))
            }
        };
        let is_known = |name: &str| Some(name) == tags || unwritten.is_written_whole(name, &self.state.properties);
        let is_open = |name: &str| is_open(name) && (self.look == Look::Unknown || !is_known(name));
        let is_compared = |name: &&str| !unwritten.is_left_out(&PropertyPath::root().key(name));
        self.schema.writable().filter(is_compared).filter(|name| is_open(name)).map(str::to_owned).collect()
    }

    fn baseline(&self, apply: &Apply<'_>, stack: &Stack, live: &Live) -> Properties {
        let disclosure = Disclosure { schema: &self.schema, secrets: stack.secrets() };
        let of = |live: &Live| baseline(self.driver, &disclosure, &apply.key, &self.state.properties, &live.properties);
        match (&self.state.baseline, self.step.work.live.as_deref()) {
            (Some(former), Some(before)) => {
                merged(former, (&of(before), &of(live)), &self.wanted, (&self.changed, &self.removed))
            }
            _ => of(live),
        }
    }
}

/// What is kept of an object that was changed: anew what we changed, and what changed along with it. What somebody else had
/// changed before stays as it was, so that it still shows. What we took away and AWS still has stays open: AWS may show it for a
/// while.
fn merged(
    former: &Properties,
    (before, after): (&Properties, &Properties),
    wanted: &BTreeSet<String>,
    (changed, removed): (&BTreeSet<String>, &BTreeSet<String>),
) -> Properties {
    let mut merged = former.clone();
    for name in wanted.iter().filter(|name| changed.contains(*name) || former.get(*name) == before.get(*name)) {
        match after.get(name) {
            still if still.is_some() && still == before.get(name) && removed.contains(name) => {}
            Some(value) => drop(merged.insert(name.clone(), value.clone())),
            None => drop(merged.remove(name)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn properties(json: Json) -> Properties {
        json.as_object().cloned().unwrap()
    }

    fn names(text: &str) -> BTreeSet<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn what_our_change_brings_is_kept_and_what_others_did_before_still_shows() {
        let former = properties(json!({"Follows": 1, "Others": 1, "Part": null, "Unread": 1}));
        let before = properties(json!({"Follows": 1, "Others": 2, "Part": 1}));
        let after = properties(json!({"Follows": 3, "Others": 2, "New": 5}));
        let merged =
            merged(&former, (&before, &after), &names("Follows Others Part New"), (&names("Part"), &names("")));
        assert_eq!(merged, properties(json!({"Follows": 3, "Others": 1, "Unread": 1, "New": 5})));
    }

    #[test]
    fn what_aws_shows_for_a_while_after_it_was_taken_away_is_asked_for_again() {
        let (former, stale) = (properties(json!({"Delay": null})), properties(json!({"Delay": 5})));
        let kept = |now: Json| {
            merged(&former, (&stale, &properties(now)), &names("Delay"), (&names("Delay"), &names("Delay")))
        };
        assert_eq!(kept(json!({"Delay": 5})), former);
        assert_eq!(kept(json!({"Delay": 30})), properties(json!({"Delay": 30})));
        assert_eq!(kept(json!({})), properties(json!({})));
    }
}
