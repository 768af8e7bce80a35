/// Why a resource is not in a stack although the file has its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    WhenFalse,
    /// The `for_each` of its name does not give it, or its own `when` is false.
    NotAMember,
}
