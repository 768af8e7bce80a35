use std::fmt;

/// What can be wrong after the run that should have mended everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// An object that nothing should have made, or that should be gone.
    Orphan,
    /// More than one object where there should be one.
    Double,
    /// An object that should be there.
    Lost,
    /// An object that is not as it should be.
    Different,
    /// An output of the stack that is missing or has another value.
    Output,
    /// State that still has something to settle, or a plan that has something to do.
    Unsettled,
    /// A command that did not end as it should.
    Failed,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub trouble: Trouble,
    pub text: String,
}

impl Finding {
    pub fn new(trouble: Trouble, text: impl Into<String>) -> Self {
        Self { trouble, text: text.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", format!("{:?}", self.trouble).to_lowercase(), self.text)
    }
}
