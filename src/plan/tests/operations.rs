use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::address::Address;
use crate::plan::operations::operations;
use crate::plan::step::Work;
use crate::plan::{Action, Operation, OperationKind, Step};
use crate::resources::{OnDelete, Properties, ReplaceOrder, ResourceId};
use crate::state::{Life, Origin, ResourceState, Superseded};

fn step(address: &str, action: Action) -> Step {
    Step {
        address: address.into(),
        type_name: "AWS::SQS::Queue".into(),
        region: "us-west-2".into(),
        action,
        reasons: Vec::new(),
        differences: Vec::new(),
        settings: Vec::new(),
        wave: 0,
        id: Some(ResourceId::new(address)),
        moved_from: None,
        digest: String::new(),
        work: Work::default(),
    }
}

fn state(address: &str, dependencies: &[&str], former: &[&str]) -> (Address, ResourceState) {
    let mut state = ResourceState {
        type_name: "AWS::SQS::Queue".into(),
        region: "us-west-2".into(),
        life: Life::ready(ResourceId::new(address)),
        intended: None,
        properties: Properties::new(),
        outputs: Properties::new(),
        baseline: None,
        dependencies: dependencies.iter().map(|name| Address::new(*name)).collect(),
        protect: false,
        on_delete: OnDelete::Delete,
        last_snapshot: None,
        origin: Origin::Created,
        timeout: None,
        token: ResourceState::new_token(),
        generation: 0,
        superseded: Vec::new(),
        duration_seconds: None,
    };
    for id in former {
        let old = state.with(Life::ready(ResourceId::new(*id)));
        state.superseded.extend(Superseded::of(&old));
    }
    (address.into(), state)
}

/// `address kind` of each operation with the numbers of those before it, in an order in which they can run.
fn run(steps: &[Step], states: Vec<(Address, ResourceState)>) -> Vec<String> {
    let state: BTreeMap<_, _> = states.into_iter().collect();
    let dependencies: IndexMap<_, _> =
        state.iter().map(|(address, state)| (address.clone(), state.dependencies.clone())).collect();
    let operations = operations(steps, &dependencies, &state).expect("an order");
    let mut done: Vec<usize> = Vec::new();
    while let Some(next) = (0..operations.len())
        .find(|index| !done.contains(index) && operations[*index].after.iter().all(|before| done.contains(before)))
    {
        done.push(next);
    }
    assert_eq!(done.len(), operations.len(), "operations wait for each other: {operations:#?}");
    done.into_iter().map(|index| name(&operations[index])).collect()
}

fn name(operation: &Operation) -> String {
    let what = match &operation.kind {
        OperationKind::Create => "create".to_owned(),
        OperationKind::Update => "update".to_owned(),
        OperationKind::Delete => "delete".to_owned(),
        OperationKind::Forget => "forget".to_owned(),
        OperationKind::DeleteSuperseded(id) => format!("delete former {id}"),
        other => format!("{other:?}"),
    };
    format!("{} {what}", operation.address)
}

#[test]
fn a_former_object_and_a_deletion_first_do_not_wait_for_each_other() {
    let steps = [step("a", Action::Replace(ReplaceOrder::DeleteFirst)), step("b", Action::Update)];
    let order = run(&steps, vec![state("a", &[], &[]), state("b", &["a"], &["b0"])]);
    assert_eq!(order, ["a delete", "a create", "b update", "b delete former b0"]);
}

#[test]
fn former_objects_go_one_by_one_and_before_their_address_is_forgotten() {
    let order = run(&[step("a", Action::Forget)], vec![state("a", &[], &["a0", "a1"])]);
    assert_eq!(order, ["a delete former a0", "a delete former a1", "a forget"]);
    let order = run(&[step("a", Action::Delete)], vec![state("a", &[], &["a0"])]);
    assert_eq!(order, ["a delete former a0", "a delete"]);
}

#[test]
fn a_former_object_stays_while_what_is_left_out_uses_it() {
    let mut replaced = step("a", Action::Replace(ReplaceOrder::CreateFirst));
    replaced.work.keeps_former = true;
    let order = run(&[replaced], vec![state("a", &[], &["a0"]), state("b", &["a"], &[])]);
    assert_eq!(order, ["a create"]);
}

#[test]
fn operations_that_wait_for_each_other_are_told_with_a_way_out() {
    let steps =
        [step("c", Action::Replace(ReplaceOrder::DeleteFirst)), step("b", Action::Update), step("a", Action::Delete)];
    let before = [state("a", &["c"], &[]), state("b", &["a"], &[]), state("c", &[], &[])].into_iter().collect();
    let wanted = IndexMap::from([("b".into(), vec!["c".into()]), ("c".into(), Vec::new()), ("a".into(), Vec::new())]);
    let waiting = operations(&steps, &wanted, &before).expect_err("a circle");
    let told = waiting.to_string();
    assert!(told.starts_with("these wait for each other: "), "{told}");
    for part in ["delete c", "create c", "update b", "delete a"] {
        assert!(told.contains(part), "{told}");
    }
    assert_eq!(
        waiting.hints,
        [
            "write `replace: create_first` at `c`",
            "or make the change in two applies: first without what is deleted, then the rest"
        ]
    );
}

#[test]
fn what_takes_an_identity_waits_until_it_is_free() {
    let mut taker = step("b", Action::Create);
    taker.work.released_by.insert("a".into());
    let order = run(&[taker, step("a", Action::Delete)], vec![state("a", &[], &[])]);
    assert_eq!(order, ["a delete", "b create"]);
}
