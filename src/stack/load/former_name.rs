use super::fields::Fields;
use super::names::{Complaint, check_name};
use crate::stack::StackName;
use crate::stack::diagnostic::{Problems, Span};

/// What `renamed_from` names: `PROJECT/STACK`, or a project alone where the stack is still called the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerName {
    pub project: String,
    pub stack: Option<String>,
    span: Span,
}

impl FormerName {
    /// What is wrong goes to `problems`. A file for many stacks (`is_shared`) cannot come from one of them.
    pub fn read(fields: &mut Fields, is_shared: bool, problems: &mut Problems) -> Option<Self> {
        let (text, span) = fields.text("renamed_from", problems)?;
        match parse(&text, is_shared) {
            Ok((project, stack)) => Some(Self { project, stack, span }),
            Err((message, suggestion)) => {
                problems.error_with(span, message, suggestion);
                None
            }
        }
    }

    /// The former name of the stack that is called `name` now, and another one.
    pub fn of_stack(self, (project, name): (&str, &str), problems: &mut Problems) -> StackName {
        let former = StackName { project: self.project, stack: self.stack.unwrap_or_else(|| name.to_owned()) };
        if (former.project.as_str(), former.stack.as_str()) == (project, name) {
            let help = "name what it was called before, or leave the line out".to_owned();
            problems.error_with(self.span, "`renamed_from` names the stack itself", Some(help));
        }
        former
    }
}

fn parse(text: &str, is_shared: bool) -> Result<(String, Option<String>), Complaint> {
    let Some((project, stack)) = text.split_once('/') else {
        check_name("project", text)?;
        return Ok((text.to_owned(), None));
    };
    check_name("project", project)?;
    check_name("stack name", stack)?;
    if is_shared {
        let message = "a file with `match` is many stacks, and not all of them can have been one".to_owned();
        return Err((message, Some(format!("name the project alone, `renamed_from: {project}`"))));
    }
    Ok((project.to_owned(), Some(stack.to_owned())))
}
