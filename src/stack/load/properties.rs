use super::Declaration;
use super::ignored::check_ignored;
use super::loader::Loader;
use crate::schema::{Asked, PathSegment, PropertyPath, ResourceSchema, Subject, Violation};
use crate::stack::expression::Frame;
use crate::stack::resource::Resource;
use crate::stack::scope::NothingKnown;
use crate::stack::template::Evaluation;
use crate::value::Value;

/// Properties against AWS's published facts.
impl Loader {
    /// Checks one member's properties against AWS's published facts.
    pub(super) fn check_properties(&mut self, resource: &Resource, schema: Option<&ResourceSchema>) {
        let declaration = &resource.declaration;
        let frame = Frame { each: resource.each.as_ref(), scope: &NothingKnown, lenient: true };
        let template = declaration.lookup.as_ref().unwrap_or(&declaration.properties);
        let properties = Evaluation { engine: &self.engine, frame, problems: &mut self.problems }.properties(template);
        let Some(schema) = schema else { return };
        let properties = schema.coerced(properties);
        schema.credentials(&properties).into_iter().for_each(|secret| self.engine.secrets.add_credential(secret));
        if declaration.lookup.is_some() {
            self.tell(declaration, lookup_violations(schema, &properties));
            return;
        }
        let mut violations = schema.validate(&properties);
        if violations.is_empty() && !resource.unchecked {
            violations = schema.unmet_conditions(Asked::Alone, &Subject::alone(&properties));
        }
        self.tell(declaration, violations);
        check_ignored(resource, schema, &mut self.problems);
    }

    /// Reports what AWS would refuse or make something else of, where it is written.
    pub(super) fn tell(&mut self, declaration: &Declaration, violations: Vec<Violation>) {
        let template = declaration.lookup.as_ref().unwrap_or(&declaration.properties);
        for violation in violations {
            let path = path_texts(&violation.path);
            let key = violation.is_name.then(|| template.key_span_at(&path)).flatten();
            let inside = template.span_inside_text(&self.problems.source, &path, violation.is_name);
            let span = inside.or(key).or_else(|| template.span_at(&path)).unwrap_or(declaration.type_span);
            let told = if violation.is_warning { &mut self.warnings } else { &mut self.problems };
            told.error_with(span, violation.message, violation.suggestion);
        }
    }
}

/// A lookup needs no required properties and may use outputs; only its names are checked.
fn lookup_violations(schema: &ResourceSchema, properties: &Value) -> Vec<Violation> {
    let Value::Map(entries) = properties else { return Vec::new() };
    entries.keys().filter_map(|name| schema.check_attribute(&PropertyPath::root().key(name))).collect()
}

pub(super) fn path_texts(path: &PropertyPath) -> Vec<String> {
    let texts = path.segments().iter().map_while(|segment| match segment {
        PathSegment::Key(key) => Some(key.clone()),
        PathSegment::Index(index) => Some(index.to_string()),
        PathSegment::Any => None,
    });
    texts.collect()
}
