use super::user_error::UserError;
use crate::address::Address;
use crate::stack::nearest;
use crate::state::Snapshot;

/// An address that state does not have, with what may be meant: the members of a name, or what is written nearly so.
pub fn missing(snapshot: &Snapshot, address: &Address) -> UserError {
    let error = UserError::failed(format!("state has no resource `{address}`"));
    let known = snapshot.resources.keys();
    let members: Vec<String> =
        known.filter(|known| known.name() == address.as_str()).map(|known| format!("`{known}`")).collect();
    if !members.is_empty() {
        return error.hint(format!("its members are {}", members.join(", ")));
    }
    match nearest(address.as_str(), snapshot.resources.keys().map(Address::as_str)) {
        Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
        None => error.hint("`infra state list` shows what there is"),
    }
}
