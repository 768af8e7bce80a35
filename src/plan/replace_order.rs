use std::collections::{BTreeMap, HashMap};

use super::{Reason, Step};
use crate::address::Address;
use crate::resources::ReplaceOrder;
use crate::state::ResourceState;

/// The steps with the order of replacements that depend on each other, by what state says of them.
pub fn settled(steps: Vec<Step>, state: &BTreeMap<Address, ResourceState>) -> Vec<Step> {
    let mut orders: Vec<(Address, ReplaceOrder)> =
        steps.iter().filter_map(|step| Some((step.address.clone(), step.replace_order()?))).collect();
    let depends_on =
        |one: &Address, other: &Address| state.get(one).is_some_and(|state| state.dependencies.contains(other));
    let forced = settle(&mut orders, depends_on);
    let orders: HashMap<Address, ReplaceOrder> = orders.into_iter().collect();
    let ordered = |step: Step| match orders.get(&step.address) {
        Some(order) => step.replaced(*order),
        None => step,
    };
    let explained = |step: Step| match forced.get(&step.address).cloned() {
        Some(dependency) => step.because(Reason::DependencyDeletedFirst { dependency }),
        None => step,
    };
    steps.into_iter().map(|step| explained(ordered(step))).collect()
}

/// Settles the order of replacements that depend on each other. An object that is deleted first takes with it what
/// depends on it, so those that are replaced too are deleted before it, whatever they would do alone.
///
/// `order` lists the replaced resources, dependencies before dependents, with the order each wants alone.
/// `dependencies` are the direct and indirect ones that a resource has now. Gives, for each that had to change, the
/// dependency that is why.
fn settle(
    order: &mut [(Address, ReplaceOrder)],
    depends_on: impl Fn(&Address, &Address) -> bool,
) -> BTreeMap<Address, Address> {
    let mut forced = BTreeMap::new();
    for index in 0..order.len() {
        let (before, rest) = order.split_at_mut(index);
        let Some((address, wanted)) = rest.first_mut() else { break };
        let deleted_first = |(dependency, order): &&(Address, ReplaceOrder)| {
            *order == ReplaceOrder::DeleteFirst && depends_on(address, dependency)
        };
        if *wanted == ReplaceOrder::CreateFirst
            && let Some((dependency, _)) = before.iter().find(deleted_first)
        {
            forced.insert(address.clone(), dependency.clone());
            *wanted = ReplaceOrder::DeleteFirst;
        }
    }
    forced
}

#[cfg(test)]
mod tests {
    use super::*;
    use ReplaceOrder::{CreateFirst, DeleteFirst};

    #[test]
    fn deleting_first_spreads_to_dependents_and_no_further() {
        let edges = [("b", "a"), ("c", "b"), ("c", "a"), ("e", "d")];
        let depends_on = |one: &Address, other: &Address| edges.contains(&(one.as_str(), other.as_str()));
        for (wanted, settled) in [
            ([CreateFirst, CreateFirst, CreateFirst], [CreateFirst, CreateFirst, CreateFirst]),
            ([DeleteFirst, CreateFirst, CreateFirst], [DeleteFirst, DeleteFirst, DeleteFirst]),
            ([CreateFirst, DeleteFirst, CreateFirst], [CreateFirst, DeleteFirst, DeleteFirst]),
            ([CreateFirst, CreateFirst, DeleteFirst], [CreateFirst, CreateFirst, DeleteFirst]),
        ] {
            let mut order: Vec<_> =
                ["a", "b", "c"].into_iter().zip(wanted).map(|(name, order)| (Address::new(name), order)).collect();
            settle(&mut order, depends_on);
            assert_eq!(order.iter().map(|(_, order)| *order).collect::<Vec<_>>(), settled, "{wanted:?}");
        }
    }

    #[test]
    fn the_reason_names_the_dependency() {
        let mut order = vec![("d".into(), DeleteFirst), ("e".into(), CreateFirst)];
        let forced = settle(&mut order, |one, other| one.as_str() == "e" && other.as_str() == "d");
        assert_eq!(forced, BTreeMap::from([("e".into(), "d".into())]));
    }
}
