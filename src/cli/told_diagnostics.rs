use serde_json::{Value as Json, json};

use super::user_error::UserError;
use crate::report::document;
use crate::report::printer::errln;
use crate::stack::{Diagnostic, Diagnostics, Location};

/// Prints warnings to stderr, or puts them into the document for programs.
pub fn warn(warnings: &Diagnostics) -> Result<(), UserError> {
    match (warnings.is_empty(), document::is_wanted()) {
        (true, _) => {}
        (false, true) => {
            let warnings: Vec<Json> = warnings.0.iter().map(diagnostic_json).collect();
            document::tell(&json!({"warnings": warnings}))?;
        }
        (false, false) => errln!("{warnings}"),
    }
    Ok(())
}

/// A diagnostic as programs get it.
pub fn diagnostic_json(diagnostic: &Diagnostic) -> Json {
    let related: Vec<Json> = diagnostic.related.iter().map(|one| place_json(&one.location, &one.message)).collect();
    let mut told = place_json(&diagnostic.location, &diagnostic.message);
    told["help"] = json!(diagnostic.suggestion);
    told["related"] = related.into();
    told
}

/// `column` and `width` count characters.
fn place_json(place: &Location, message: &str) -> Json {
    let Location { file, line, column, width, .. } = place;
    json!({"file": file, "line": line, "column": column, "width": width, "message": message})
}
