use crate::schema::{PropertyPath, ResourceSchema};
use crate::stack::diagnostic::Problems;
use crate::stack::resource::Resource;

/// Checks that `ignore_changes` names properties that the type has and a stack file can write.
pub(super) fn check_ignored(resource: &Resource, schema: &ResourceSchema, problems: &mut Problems) {
    let declaration = &resource.declaration;
    for (index, written) in resource.ignore_changes.iter().enumerate() {
        let Some((message, suggestion)) = complaint(written, schema) else { continue };
        let option = declaration.options.get("ignore_changes");
        let item = option.and_then(|template| template.span_at(&[index.to_string()]).or(Some(template.span)));
        problems.error_with(item.unwrap_or(declaration.name_span), message, suggestion);
    }
}

fn complaint(written: &str, schema: &ResourceSchema) -> Option<(String, Option<String>)> {
    let path = Resource::ignored_path(written);
    if path.is_root() {
        return Some((format!("`{written}` is no property"), Some("write `Name` or `Name.0.Inner`".to_owned())));
    }
    if let Some(violation) = schema.check_attribute(&path) {
        // An attribute that nobody can write is none that a difference could be in.
        let message = violation.message.replace("is not an attribute of", "is not a property of");
        return Some((message, violation.suggestion));
    }
    schema.is_read_only(&path).then(|| only_aws(&path))
}

fn only_aws(path: &PropertyPath) -> (String, Option<String>) {
    (format!("only AWS sets `{path}`, so there is nothing to ignore"), Some("remove it".to_owned()))
}
