use crate::resources::Form;
use crate::schema::{Operation, PropertyPath, ResourceSchema};

/// What AWS publishes about a type, for people, and the forms in which an object can be named for its import.
pub fn schema_text(schema: &ResourceSchema, forms: &[Form]) -> String {
    let mut text = format!("{}\n", schema.type_name());
    if !forms.is_empty() {
        let forms: Vec<&str> = forms.iter().map(|form| form.pattern).collect();
        text += &format!("  {:<18} {}\n", "imported by", forms.join(", "));
    }
    let listed = |paths: &[PropertyPath]| paths.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    for (title, paths) in [
        ("identified by", schema.primary_identifier()),
        ("set by AWS", schema.read_only()),
        ("never read back", schema.write_only()),
        ("only at creation", schema.create_only()),
    ] {
        if !paths.is_empty() {
            text += &format!("  {title:<18} {}\n", listed(paths));
        }
    }
    let writable: Vec<&str> = schema.writable().collect();
    text += &format!("  {:<18} {}\n", "can be written", writable.join(", "));
    for (title, operation) in [
        ("create", Operation::Create),
        ("read", Operation::Read),
        ("update", Operation::Update),
        ("delete", Operation::Delete),
    ] {
        let permissions = schema.permissions(operation);
        if !permissions.is_empty() {
            text += &format!("  {:<18} {}\n", format!("to {title}"), permissions.join(", "));
        }
    }
    text
}
