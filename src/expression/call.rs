/// A function that an expression calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub name: String,
    /// Where the name stands in the expression, in bytes.
    pub offset: usize,
    /// How many arguments stand in its parentheses.
    pub arguments: usize,
    /// True if it is called on a value, `value.name()`.
    pub on_value: bool,
}
