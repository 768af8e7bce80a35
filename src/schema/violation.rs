use std::fmt;

use super::PropertyPath;

/// One thing about a resource's properties that AWS would refuse, or that is worth knowing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Violation {
    /// The value that is wrong; for a name that is missing, the map it is missing from.
    pub path: PropertyPath,
    /// What is wrong, with the name of the property: "`FifoQueu` is not a property of AWS::SQS::Queue".
    pub message: String,
    /// What to do: "did you mean `FifoQueue`?".
    pub suggestion: Option<String>,
    /// The names of which only one can be written in the map at `path`, where that is what is wrong.
    pub exclusive: Vec<String>,
    /// True where it is the name that is wrong, and not what stands under it.
    pub is_name: bool,
    /// True where AWS takes it and makes something else of it.
    pub is_warning: bool,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(formatter, "; {suggestion}"),
            None => Ok(()),
        }
    }
}
