use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Number;
use sha2::{Digest, Sha256};

use super::check::{Checker, Place};
use super::choose::{Chosen, choose};
use super::config::read_config;
use super::declaration::Declaration;
use super::expand::{Members, expand};
use super::fit::Fit;
use super::header::Header;
use super::ignored::check_ignored;
use super::moves::check_moves;
use super::options::resource;
use super::overrides::Override;
use crate::address::Address;
use crate::schema::{Catalog, PropertyPath, ResourceSchema, Segment, Violation};
use crate::stack::Stack;
use crate::stack::diagnostic::{Diagnostics, Problems, Source, Span, did_you_mean};
use crate::stack::document::{Entry, parse};
use crate::stack::expression::{Engine, Frame, Group};
use crate::stack::resource::Resource;
use crate::stack::scope::NothingKnown;
use crate::stack::template::{Evaluation, Template, TemplateCompiler};
use crate::value::Value;

const TAG_KEY_LENGTH: usize = 128;
const TAG_VALUE_LENGTH: usize = 256;

/// Loads and checks a stack: see `Stack::load`.
pub(crate) fn load(
    folder: &Path,
    name: &str,
    overrides: &[(String, String)],
    account: Option<&str>,
) -> Result<Stack, Diagnostics> {
    let Chosen { path, text } = choose(folder, name)?;
    let source = Arc::new(Source::of_file(&path, text));
    let mut problems = Problems::new(source);
    let Some(document) = parse(&mut problems) else {
        if problems.count() == 0 {
            problems.error(Span::default(), "the stack file is empty");
        }
        return Err(problems.into_diagnostics());
    };
    let overrides: Vec<Override> =
        overrides.iter().map(|(key, value)| Override::read(key, value, &mut problems)).collect();
    let header = Header::read(document, &mut problems);
    let facts = stack_facts(name, &header, account);
    let engine = match Engine::new(folder, &header.region, facts) {
        Ok(engine) => engine,
        Err(error) => {
            problems.error(Span::default(), format!("the expression language cannot be set up: {error}"));
            return Err(problems.into_diagnostics());
        }
    };
    Loader { engine, problems }.load(name, folder, path, header, &overrides)
}

/// What `stack` is in expressions.
fn stack_facts(name: &str, header: &Header, account: Option<&str>) -> Value {
    let mut facts = IndexMap::new();
    let mut add = |key: &str, text: &str| facts.insert(key.to_owned(), Value::String(text.to_owned()));
    add("name", name);
    add("project", &header.project);
    add("region", &header.region);
    if let Some(account) = account.or(header.account.as_deref()) {
        add("account", account);
    }
    facts.insert("ephemeral".to_owned(), Value::Bool(header.ephemeral));
    Value::Map(facts)
}

struct Loader {
    engine: Engine,
    problems: Problems,
}

type Declarations = IndexMap<String, Arc<Declaration>>;

impl Loader {
    fn load(
        mut self,
        name: &str,
        folder: &Path,
        path: std::path::PathBuf,
        header: Header,
        overrides: &[Override],
    ) -> Result<Stack, Diagnostics> {
        let mut compiler = TemplateCompiler::new(Arc::clone(&self.engine.environment));
        let config = read_config(header.config, overrides, &self.engine, &mut compiler, &mut self.problems);
        let config_json = config.to_json();
        self.engine.set_config(config);
        let declarations = self.declarations(header.resources, &mut compiler);
        let resources = self.resources(&declarations);
        check_moves(&resources, &mut self.problems);
        let tags = self.tags(header.tags, &mut compiler, &declarations);
        let outputs = self.outputs(header.outputs, &mut compiler, &declarations);
        let digest = digest(name, &self.problems.source, overrides, &self.engine);
        let config = match config_json {
            Some(serde_json::Value::Object(config)) => config,
            _ => serde_json::Map::new(),
        };
        let stack = Stack {
            name: name.to_owned(),
            project: header.project,
            region: header.region,
            account: header.account,
            state: header.state,
            tags,
            ephemeral: header.ephemeral,
            ttl: header.ttl,
            config,
            resources,
            outputs,
            folder: folder.to_owned(),
            path,
            digest,
            source: Arc::clone(&self.problems.source),
            engine: self.engine,
        };
        self.problems.finish(stack)
    }

    fn declarations(&mut self, entries: IndexMap<String, Entry>, compiler: &mut TemplateCompiler) -> Declarations {
        let read = entries.into_iter().map(|(name, entry)| {
            let declaration = Declaration::read(name.clone(), entry, compiler, &mut self.problems);
            (name, Arc::new(declaration))
        });
        read.collect()
    }

    fn resources(&mut self, declarations: &Declarations) -> IndexMap<Address, Resource> {
        // Declared names are known before any `when` is looked at, so that an early reference gets the right message.
        self.engine.groups = declarations.keys().map(|name| (name.clone(), Group::Broken)).collect();
        let mut expanded = Vec::with_capacity(declarations.len());
        for declaration in declarations.values() {
            let members = self.expand(declaration, declarations);
            expanded.push((declaration, members));
        }
        let mut resources = IndexMap::with_capacity(expanded.len());
        for (declaration, members) in expanded {
            for resource in self.members(declaration, members, declarations) {
                resources.insert(resource.address.clone(), resource);
            }
        }
        resources
    }

    fn expand(&mut self, declaration: &Declaration, declarations: &Declarations) -> Members {
        let options = [("when", &declaration.when), ("for_each", &declaration.for_each)];
        for (option, template) in options {
            let Some(template) = template else { continue };
            let why = format!("`{option}` is decided before anything is created");
            let each = option == "when" && declaration.for_each.is_some();
            self.check(template, Place { no_resources: Some(&why), each, whole: false }, declarations);
        }
        let (group, members) = expand(declaration, &self.engine, &mut self.problems);
        self.engine.groups.insert(declaration.name.clone(), group);
        members
    }

    /// Checks a template. Its expressions that something is wrong with are not evaluated from here on. True if none is.
    fn check(&mut self, template: &Template, place: Place<'_>, declarations: &Declarations) -> bool {
        let checker = Checker { engine: &self.engine, declarations };
        let refused = checker.check(template, place, &mut self.problems);
        let is_fit = refused.is_empty();
        self.engine.refused.extend(refused);
        is_fit
    }

    /// The members of a declaration, checked as far as that is possible before anything exists.
    fn members(
        &mut self,
        declaration: &Arc<Declaration>,
        members: Members,
        declarations: &Declarations,
    ) -> Vec<Resource> {
        let schema = self.schema(declaration);
        self.check_declaration(declaration, schema.as_deref(), declarations);
        let mut resources = Vec::with_capacity(members.len());
        for (address, each) in members {
            let mut resource = resource(address, each, declaration, &self.engine, &mut self.problems);
            resource.depends_on = self.dependencies(&resource, declarations);
            self.check_properties(&resource, schema.as_deref());
            resources.push(resource);
        }
        if resources.is_empty() {
            // Names in `depends_on` are checked even where there is no member that would need them.
            declaration.depends_on.iter().for_each(|dependency| self.check_dependency(dependency, declarations));
        }
        resources
    }

    /// Checks what a declaration's expressions refer to, and whether it can be what the properties want.
    fn check_declaration(
        &mut self,
        declaration: &Declaration,
        schema: Option<&ResourceSchema>,
        declarations: &Declarations,
    ) {
        let each = declaration.for_each.is_some();
        for template in declaration.templates() {
            self.check(template, Place { no_resources: None, each, whole: false }, declarations);
        }
        for (option, template) in &declaration.options {
            let why = format!("`{option}` is decided before anything is created");
            self.check(template, Place { no_resources: Some(&why), each, whole: false }, declarations);
        }
        if let Some(schema) = schema {
            let checker = Checker { engine: &self.engine, declarations };
            let fit = Fit { checker: &checker, schema };
            fit.check(&declaration.properties, &PropertyPath::root(), &mut self.problems);
        }
    }

    fn schema(&mut self, declaration: &Declaration) -> Option<Arc<ResourceSchema>> {
        let type_name = &declaration.type_name;
        let schema = Catalog::standard().get(type_name);
        if schema.is_none() && !type_name.is_empty() {
            let nearest = Catalog::standard().nearest(type_name);
            let suggestion = nearest.map(|nearest| format!("did you mean `{nearest}`?"));
            self.problems.error_with(
                declaration.type_span,
                format!("there is no resource type `{type_name}`"),
                suggestion,
            );
        }
        schema
    }

    /// Checks one member's properties against AWS's published facts.
    fn check_properties(&mut self, resource: &Resource, schema: Option<&ResourceSchema>) {
        let declaration = &resource.declaration;
        let frame = Frame { each: resource.each.as_ref(), scope: &NothingKnown, lenient: true };
        let template = declaration.lookup.as_ref().unwrap_or(&declaration.properties);
        let properties = Evaluation { engine: &self.engine, frame, problems: &mut self.problems }.properties(template);
        let Some(schema) = schema else { return };
        let is_lookup = declaration.lookup.is_some();
        for violation in if is_lookup { lookup_violations(schema, &properties) } else { schema.validate(&properties) } {
            let path = path_texts(&violation.path);
            let is_unknown_name = schema.kinds(&violation.path).is_none();
            let key = is_unknown_name.then(|| template.key_span_at(&path)).flatten();
            let span = key.or_else(|| template.span_at(&path)).unwrap_or(declaration.type_span);
            let violation = as_written(violation, template.number_at(&path), self.problems.source.slice(span));
            self.problems.error_with(span, violation.message, violation.suggestion);
        }
        if !is_lookup {
            check_ignored(resource, schema, &mut self.problems);
        }
    }

    fn dependencies(&mut self, resource: &Resource, declarations: &Declarations) -> BTreeSet<Address> {
        let mut needed = BTreeSet::new();
        for template in resource.declaration.templates() {
            let mut expressions = Vec::new();
            template.expressions(&mut expressions);
            for reference in expressions.iter().flat_map(|(.., expression)| &expression.references) {
                needed.extend(self.engine.dependencies(reference, resource.each.as_ref()).into_iter().cloned());
            }
        }
        for dependency in &resource.declaration.depends_on {
            self.check_dependency(dependency, declarations);
            match (self.engine.groups.get(&dependency.name), &dependency.key) {
                (Some(Group::Single(address)), _) => needed.extend([address.clone()]),
                (Some(Group::Members(members)), Some(key)) => needed.extend(members.get(key).cloned()),
                (Some(Group::Members(members)), None) => needed.extend(members.values().cloned()),
                _ => {}
            }
        }
        needed
    }

    fn check_dependency(&mut self, dependency: &super::declaration::Dependency, declarations: &Declarations) {
        let name = &dependency.name;
        let (message, suggestion) = match (self.engine.groups.get(name), &dependency.key) {
            (None, _) => {
                let suggestion = did_you_mean(name, declarations.keys().map(String::as_str));
                (format!("`{name}` is no resource of this stack"), suggestion)
            }
            (Some(Group::Single(_)), Some(_)) => (format!("`{name}` has no `for_each`, so it has no members"), None),
            // A member that `when` leaves out is not there to wait for.
            (Some(Group::Members(_)), Some(_))
                if declarations.get(name).is_some_and(|other| other.decides_members()) =>
            {
                return;
            }
            (Some(Group::Members(members)), Some(key)) if !members.contains_key(key) => {
                (format!("`{name}` has no member \"{key}\""), did_you_mean(key, members.keys().map(String::as_str)))
            }
            _ => return,
        };
        self.problems.error_with(dependency.span, message, suggestion);
    }

    fn tags(
        &mut self,
        entries: IndexMap<String, Entry>,
        compiler: &mut TemplateCompiler,
        declarations: &Declarations,
    ) -> IndexMap<String, String> {
        let mut tags = IndexMap::with_capacity(entries.len());
        for (key, entry) in entries {
            let template = compiler.template(entry.node, &mut self.problems);
            let why = "the stack's tags are decided before anything is created";
            if !self.check(&template, Place { no_resources: Some(why), each: false, whole: false }, declarations) {
                continue;
            }
            let before = self.problems.count();
            let frame = Frame { each: None, scope: &NothingKnown, lenient: false };
            let value = Evaluation { engine: &self.engine, frame, problems: &mut self.problems }.value(&template);
            if self.problems.count() > before || !value.is_known() {
                continue;
            }
            match tag(&key, &value) {
                Ok(text) => drop(tags.insert(key, text)),
                Err(message) => self.problems.error(entry.key, message),
            }
        }
        tags
    }

    fn outputs(
        &mut self,
        entries: IndexMap<String, Entry>,
        compiler: &mut TemplateCompiler,
        declarations: &Declarations,
    ) -> IndexMap<String, Template> {
        let mut outputs = IndexMap::with_capacity(entries.len());
        for (name, entry) in entries {
            let template = compiler.template(entry.node, &mut self.problems);
            if self.check(&template, Place { no_resources: None, each: false, whole: true }, declarations) {
                let frame = Frame { each: None, scope: &NothingKnown, lenient: true };
                Evaluation { engine: &self.engine, frame, problems: &mut self.problems }.value(&template);
            }
            outputs.insert(name, template);
        }
        outputs
    }
}

/// A lookup needs no required properties and may use outputs; only its names are checked.
fn lookup_violations(schema: &ResourceSchema, properties: &Value) -> Vec<Violation> {
    let Value::Map(entries) = properties else { return Vec::new() };
    entries.keys().filter_map(|name| schema.check_attribute(&PropertyPath::root().key(name))).collect()
}

fn path_texts(path: &PropertyPath) -> Vec<String> {
    let texts = path.segments().iter().map_while(|segment| match segment {
        Segment::Key(key) => Some(key.clone()),
        Segment::Index(index) => Some(index.to_string()),
        Segment::Any => None,
    });
    texts.collect()
}

/// A tag's value as text.
fn tag(key: &str, value: &Value) -> Result<String, String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return Err(format!("the value of the tag `{key}` must be a text")),
    };
    if key.starts_with("infra:") || key.to_lowercase().starts_with("aws:") {
        return Err(format!("tags that begin with `infra:` or `aws:` cannot be set, as `{key}` does"));
    }
    if key.chars().count() > TAG_KEY_LENGTH || text.chars().count() > TAG_VALUE_LENGTH {
        return Err(format!(
            "a tag has at most {TAG_KEY_LENGTH} characters in its key and {TAG_VALUE_LENGTH} in its value"
        ));
    }
    Ok(text)
}

/// The violation with a number as the file writes it, `010`, and not as it is read.
fn as_written(violation: Violation, number: Option<&Number>, written: &str) -> Violation {
    let Some(read) = number.map(Number::to_string).filter(|read| read != written) else { return violation };
    let message = match violation.message.strip_suffix(&read) {
        Some(message) => format!("{message}{written}"),
        None => violation.message,
    };
    let quoted = format!("\"{read}\"");
    let suggestion = violation.suggestion.map(|help| help.replace(&quoted, &format!("\"{written}\"")));
    Violation { message, suggestion, ..violation }
}

/// One digest over everything that the stack is made of: name, file, files that it reads, overrides.
fn digest(name: &str, source: &Source, overrides: &[Override], engine: &Engine) -> String {
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        // Lengths keep two parts from reading as two others.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    };
    add(name);
    add(source.text());
    for (path, text) in engine.files.contents() {
        add(&path);
        add(&text);
    }
    for replacement in overrides {
        add(&replacement.key);
        add(&replacement.value.to_json().unwrap_or_default().to_string());
    }
    hex::encode(hash.finalize())
}
