/// How far an object that is there has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// Something after its creation failed: it is to be finished.
    Incomplete,
    Ready,
    /// About to be changed in place.
    Updating,
}

impl Readiness {
    /// What is not finished stays so until it is, also while it is changed.
    pub fn while_updating(self) -> Self {
        match self {
            Self::Incomplete => Self::Incomplete,
            Self::Ready | Self::Updating => Self::Updating,
        }
    }
}
