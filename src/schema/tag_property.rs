/// The property that holds a resource's tags, and what can be done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagProperty {
    /// Almost always `Tags`; `HostedZoneTags` and others exist.
    pub name: String,
    pub shape: TagShape,
    /// True if tags can change without a replacement.
    pub updatable: bool,
    /// True if the call that creates the object also tags it.
    pub on_create: bool,
}

/// How a type writes its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagShape {
    /// `[{Key: team, Value: web}]`, with these two names.
    List { key: String, value: String },
    /// `{team: web}`.
    Map,
}
