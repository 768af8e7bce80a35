/// A text that tells a secret, in one spelling.
pub(super) struct Form {
    pub text: String,
    /// False for what expressions made around a secret that is known by itself: only the whole is looked for.
    pub partly: bool,
}
