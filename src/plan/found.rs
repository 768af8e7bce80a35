use crate::resources::Live;

/// An object that a reference found, with its type.
pub struct Found {
    pub type_name: &'static str,
    pub live: Live,
}
