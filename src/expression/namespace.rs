/// True for a name that only holds functions: `math` in `math.greatest(1, 2)`.
pub(crate) fn is_namespace(name: &str) -> bool {
    matches!(name, "lists" | "math" | "optional" | "strings")
}
