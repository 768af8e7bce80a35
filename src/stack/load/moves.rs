use std::collections::HashMap;

use indexmap::IndexMap;

use crate::address::Address;
use crate::stack::diagnostic::{Diagnostic, Problems, Span};
use crate::stack::resource::Resource;

/// Checks that every `moved_from` can mean one object: one that is no longer in the file, and of one resource only.
pub(super) fn check_moves(resources: &IndexMap<Address, Resource>, problems: &mut Problems) {
    let mut movers: HashMap<&Address, &Resource> = HashMap::new();
    let moves = resources.values().flat_map(|resource| resource.moved_from.iter().map(move |from| (resource, from)));
    for (resource, from) in moves.filter(|(_, from)| !from.as_str().is_empty()) {
        let other = *movers.entry(from).or_insert(resource);
        if let Some(diagnostic) = complaint(resource, from, other, resources.contains_key(from), problems) {
            problems.push(diagnostic);
        }
    }
}

fn complaint(
    resource: &Resource,
    from: &Address,
    other: &Resource,
    is_there: bool,
    problems: &Problems,
) -> Option<Diagnostic> {
    let error = |message: String| problems.source.error(span(resource), message);
    let address = &resource.address;
    if from == address {
        return Some(error(format!("`{address}` cannot be moved from itself")).suggest(Some("remove it".to_owned())));
    }
    if is_there {
        let help =
            "`moved_from` is for a resource that has another name now: rename that one, or remove this".to_owned();
        return Some(error(format!("`{from}` is still in the file")).suggest(Some(help)));
    }
    if other.address == *address {
        return None;
    }
    let message = format!("`{}` and `{address}` are both moved from `{from}`, which is one object", other.address);
    let there = problems.source.location(span(other));
    Some(error(message).relate(there, format!("`{}` is moved from it here", other.address)))
}

fn span(resource: &Resource) -> Span {
    let declaration = &resource.declaration;
    declaration.options.get("moved_from").map_or(declaration.name_span, |template| template.span)
}
