use owo_colors::OwoColorize;

use crate::plan::Action;
use crate::resources::ReplaceOrder;

/// Colours by kind of change. What prints decides whether the terminal sees them.
pub struct Paint;

impl Paint {
    /// The sign that stands for an action.
    pub fn symbol(action: Action, drift: bool) -> &'static str {
        match action {
            Action::Create => "+",
            Action::Update if drift => "!",
            Action::Update => "~",
            Action::Replace(_) => "±",
            Action::Delete => "-",
            Action::Import => "<",
            Action::Move => ">",
            Action::Forget => "○",
            Action::NoChange => "=",
            Action::Refused => "✗",
        }
    }

    /// The action in words, where the sign alone does not say enough.
    pub fn words(action: Action) -> &'static str {
        match action {
            Action::Create => "create",
            Action::Update => "in place",
            Action::Replace(ReplaceOrder::CreateFirst) => "replace, create first",
            Action::Replace(ReplaceOrder::DeleteFirst) => "replace, delete first",
            Action::Replace(ReplaceOrder::InOneCall) => "replace, in one call",
            Action::Delete => "delete",
            Action::Import => "import",
            Action::Move => "move",
            Action::Forget => "forget",
            Action::NoChange => "no change",
            Action::Refused => "refused",
        }
    }

    pub fn action(action: Action, drift: bool, text: &str) -> String {
        match action {
            Action::Create | Action::Import => text.green().to_string(),
            Action::Update if drift => text.magenta().to_string(),
            Action::Update | Action::Move => text.yellow().to_string(),
            Action::Replace(_) | Action::Delete | Action::Refused => text.red().to_string(),
            Action::Forget | Action::NoChange => text.dimmed().to_string(),
        }
    }

    pub fn dim(text: &str) -> String {
        text.dimmed().to_string()
    }

    pub fn bold(text: &str) -> String {
        text.bold().to_string()
    }

    pub fn added(text: &str) -> String {
        text.green().to_string()
    }

    pub fn changed(text: &str) -> String {
        text.yellow().to_string()
    }

    pub fn removed(text: &str) -> String {
        text.red().to_string()
    }
}
