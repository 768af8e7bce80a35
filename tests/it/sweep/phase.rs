use std::fmt;

/// One command in the life of the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    Apply,
    Update,
    Replace,
    Destroy,
}

impl Phase {
    pub const ALL: [Self; 4] = [Self::Apply, Self::Update, Self::Replace, Self::Destroy];

    pub fn arguments(self) -> Vec<&'static str> {
        let command = if self == Self::Destroy { "destroy" } else { "apply" };
        vec![command, "--yes", "--set", self.stage()]
    }

    /// The stage that the stack file is in.
    pub fn stage(self) -> &'static str {
        match self {
            Self::Apply => "stage=1",
            Self::Update => "stage=2",
            Self::Replace | Self::Destroy => "stage=3",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Apply => "apply",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Destroy => "destroy",
        })
    }
}
