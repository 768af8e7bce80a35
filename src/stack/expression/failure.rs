/// What is wrong with an expression, by byte offset: in the expression, or in the text that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub offset: usize,
    pub length: usize,
    pub message: String,
    pub suggestion: Option<String>,
}

impl Failure {
    pub fn new(offset: usize, length: usize, message: impl Into<String>) -> Self {
        Self { offset, length, message: message.into(), suggestion: None }
    }

    #[must_use]
    pub fn help(self, suggestion: impl Into<String>) -> Self {
        self.suggest(Some(suggestion.into()))
    }

    #[must_use]
    pub fn suggest(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }
}
