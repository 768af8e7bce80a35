use std::collections::BTreeMap;

use super::ResourceState;
use crate::address::Address;
use crate::resources::ResourceId;

/// Every object of a type that state knows at other addresses, and the former ones of this address.
pub fn held(resources: &BTreeMap<Address, ResourceState>, type_name: &str, address: &Address) -> Vec<ResourceId> {
    let former = resources.values().flat_map(|resource| &resource.superseded);
    let former = former.filter(|old| old.type_name == type_name).map(|old| &old.id);
    let others = resources.iter().filter(|(other, resource)| *other != address && resource.type_name == type_name);
    others.filter_map(|(_, resource)| resource.id()).chain(former).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::testing::resource;
    use crate::state::{Status, Superseded};

    #[test]
    fn what_others_have_and_what_was_replaced_is_held_and_the_own_object_is_not() {
        let ready = |id: &str| resource(Some(id), Status::Ready);
        let former = |id: &str| Superseded::of(&ready(id)).into_iter().collect();
        let own = ResourceState { superseded: former("own-0"), ..ready("own") };
        let other = ResourceState { superseded: former("other-0"), ..ready("other") };
        let alien = ResourceState { type_name: "AWS::S3::Bucket".to_owned(), ..ready("alien") };
        let state = BTreeMap::from([("a".into(), own), ("b".into(), other), ("c".into(), alien)]);
        let held = held(&state, &ready("own").type_name, &"a".into());
        assert_eq!(held, ["other", "own-0", "other-0"].map(ResourceId::new));
    }
}
