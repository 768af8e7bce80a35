/// Something that AWS has and a new object is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The property that names it.
    pub property: &'static str,
    /// What it is, for people: `DB snapshot nightly`.
    pub what: String,
    /// Where it was looked for.
    pub region: String,
}
