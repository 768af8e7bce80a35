use clap::Args;

use super::config::replace;
use super::exit::Exit;
use super::global::Global;
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::report::document;
use crate::report::printer::errln;
use crate::stack::StackFile;

#[derive(Debug, Args)]
pub struct ConfigRemove {
    /// The value's key, dotted: `database.size`
    key: String,
}

impl ConfigRemove {
    pub fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let workspace = Workspace::find(global)?;
        let file = StackFile::read(&workspace.folder, &global.stack)?;
        replace(&workspace, &file, &file.remove(&self.key)?)?;
        let (key, path) = (&self.key, file.path.display());
        if global.json {
            document::tell(&serde_json::json!({"key": key, "file": path.to_string()}))?;
        }
        errln!("{path}: removed `{key}`");
        Ok(Exit::Done)
    }
}
