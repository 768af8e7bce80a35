/// A variable of the environment. One that is set to nothing counts as not set: CI sets what it has no value for.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
