use super::{Live, Properties, ResourceId};

/// An object to delete.
#[derive(Debug)]
pub struct Deletion<'a> {
    pub id: &'a ResourceId,
    /// The properties last written, from state.
    pub properties: &'a Properties,
    /// The object as the plan read it; `None` where the plan could not.
    pub live: Option<&'a Live>,
    /// `on_delete: snapshot`: the name of the last snapshot to take first, where the object leaves one. The same name each
    /// time that its deletion is asked for.
    pub snapshot: Option<String>,
    /// The stack is ephemeral or the command named the resource: do not keep it recoverable (a secret's recovery
    /// window, a bucket's objects); its name must be free again at once.
    pub force: bool,
}
