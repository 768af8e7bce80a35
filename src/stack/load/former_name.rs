use super::fields::Fields;
use super::names::{Complaint, check_name};
use crate::stack::StackName;
use crate::stack::diagnostic::Problems;

/// What `renamed_from` names: `PROJECT/STACK`, or a project alone where the stack is still called the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerName {
    pub project: String,
    pub stack: Option<String>,
}

impl FormerName {
    /// What is wrong goes to `problems`. A file for many stacks (`is_shared`) cannot come from one of them.
    pub fn read(fields: &mut Fields, is_shared: bool, problems: &mut Problems) -> Option<Self> {
        let check = |text: &str| Self::parse(text, is_shared).map(drop);
        let text = fields.checked_text("renamed_from", check, problems)?;
        Self::parse(&text, is_shared).ok()
    }

    /// The former name of a stack that is called `name` now.
    pub fn of_stack(self, name: &str) -> StackName {
        StackName { project: self.project, stack: self.stack.unwrap_or_else(|| name.to_owned()) }
    }

    fn parse(text: &str, is_shared: bool) -> Result<Self, Complaint> {
        let Some((project, stack)) = text.split_once('/') else {
            check_name("project", text)?;
            return Ok(Self { project: text.to_owned(), stack: None });
        };
        check_name("project", project)?;
        check_name("stack name", stack)?;
        if is_shared {
            let message = "a file with `match` is many stacks, and not all of them can have been one".to_owned();
            return Err((message, Some(format!("name the project alone, `renamed_from: {project}`"))));
        }
        Ok(Self { project: project.to_owned(), stack: Some(stack.to_owned()) })
    }
}
