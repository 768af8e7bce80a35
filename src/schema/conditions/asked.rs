/// Which conditions are asked: they differ in what has to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Those on the properties of a resource.
    Alone,
    /// Those that look at the resources that it refers to, too.
    AmongOthers,
    /// Those on objects that are about to be made.
    OfNew,
}
