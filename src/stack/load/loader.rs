use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;

use super::check::{Checker, Place};
use super::choose::{Chosen, choose};
use super::config::Config;
use super::declaration::Declaration;
use super::digest::digest;
use super::expand::{Members, expand};
use super::fit::Fit;
use super::header::Header;
use super::moves::check_moves;
use super::options::resource;
use super::overrides::Override;
use super::secret_entry::SecretEntry;
use crate::address::Address;
use crate::schema::{Catalog, PropertyPath, ResourceSchema};
use crate::stack::diagnostic::{Diagnostic, Diagnostics, Problems, Source, Span};
use crate::stack::document::{Entry, parse};
use crate::stack::expression::{Engine, Files, Frame, Group};
use crate::stack::inputs::StackInputs;
use crate::stack::resource::Resource;
use crate::stack::scope::NothingKnown;
use crate::stack::template::{Evaluation, Template, TemplateCompiler};
use crate::stack::{LoadOptions, Stack};
use crate::value::Value;

/// Loads and checks a stack: see `Stack::load`.
pub(crate) fn load(folder: &Path, name: &str, options: &LoadOptions<'_>) -> Result<Stack, Diagnostics> {
    load_chosen(Files::new(folder), name, choose(folder, name)?, options)
}

/// Loads and checks a stack: see `Stack::from_inputs`.
pub(crate) fn from_inputs(
    folder: &Path,
    name: &str,
    inputs: &StackInputs,
    options: &LoadOptions<'_>,
) -> Result<Stack, Diagnostics> {
    let chosen = Chosen { path: folder.join(&inputs.file), text: inputs.text.clone() };
    load_chosen(Files::of_contents(folder, &inputs.files), name, chosen, options)
}

/// Loads a stack as if its file had another text: see `Stack::load_as`.
pub(crate) fn load_as(folder: &Path, name: &str, text: &str, options: &LoadOptions<'_>) -> Result<Stack, Diagnostics> {
    let chosen = Chosen { text: text.to_owned(), ..choose(folder, name)? };
    load_chosen(Files::new(folder), name, chosen, options)
}

fn load_chosen(
    files: Files,
    name: &str,
    Chosen { path, text }: Chosen,
    options: &LoadOptions<'_>,
) -> Result<Stack, Diagnostics> {
    let source = Arc::new(Source::of_file(&path, text));
    let mut problems = Problems::new(source);
    let Some(document) = parse(&mut problems) else {
        if problems.count() == 0 {
            problems.error(Span::default(), "the stack file is empty");
        }
        return Err(problems.into_diagnostics());
    };
    let overrides: Vec<Override> = options.overrides.iter().map(|(key, text)| Override::new(key, text)).collect();
    let header = Header::read(document, &mut problems);
    let facts = stack_facts(name, &header, options.account);
    let folder = files.folder().to_owned();
    let engine = match Engine::new(files, &header.region, facts, options.secrets.clone()) {
        Ok(engine) => engine,
        Err(error) => {
            problems.error(Span::default(), format!("the expression language cannot be set up: {error}"));
            return Err(problems.into_diagnostics());
        }
    };
    let warnings = Problems::new(Arc::clone(&problems.source));
    Loader { engine, problems, warnings }.load(name, &folder, path, header, &overrides, options)
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

pub(super) struct Loader {
    pub(super) engine: Engine,
    pub(super) problems: Problems,
    /// What AWS takes, and makes something else of.
    pub(super) warnings: Problems,
}

pub(super) type Declarations = IndexMap<String, Arc<Declaration>>;

impl Loader {
    fn load(
        mut self,
        name: &str,
        folder: &Path,
        path: std::path::PathBuf,
        mut header: Header,
        overrides: &[Override],
        options: &LoadOptions<'_>,
    ) -> Result<Stack, Diagnostics> {
        let mut compiler = TemplateCompiler::new(Arc::clone(&self.engine.environment));
        let secrets = SecretEntry::take_all(&mut header.config, &mut self.problems);
        let is_secret = |key: &str| secrets.iter().any(|secret| secret.key == key);
        let digest_of = |loader: &Self| digest(name, &loader.problems.source, overrides, &loader.engine, is_secret);
        let mut config = Config::read(header.config, &self.engine, &mut compiler, &mut self.problems);
        let unknown_secrets =
            config.put_secrets(&secrets, overrides, &options.plaintexts, &self.engine, &self.problems);
        config.put_overrides(overrides, &secrets, &mut self.problems);
        let secret_keys = config.compute(&mut self.engine, (overrides, &secrets), &mut self.problems);
        let config_json = config.known();
        self.engine.set_config(config.into_value(), secret_keys.iter().map(String::as_str));
        let declarations = self.declarations(header.resources, &mut compiler);
        let resources = self.resources(&declarations);
        self.check_relations(&resources);
        check_moves(&resources, &mut self.problems);
        let tags = self.tags(header.tags, &mut compiler, &declarations);
        let outputs = self.outputs(header.outputs, &mut compiler, &declarations);
        let digest = digest_of(&self);
        let names = (header.project.as_str(), name);
        let renamed_from = header.renamed_from.map(|former| former.of_stack(names, &mut self.problems));
        let stack = Stack {
            name: name.to_owned(),
            renamed_from,
            project: header.project,
            region: header.region,
            account: header.account,
            state: header.state,
            encryption: header.encryption,
            tags,
            ephemeral: header.ephemeral,
            ttl: header.ttl,
            config: config_json,
            unknown_secrets,
            resources,
            outputs,
            warnings: self.warnings.into_diagnostics().as_warnings(),
            folder: folder.to_owned(),
            path,
            digest,
            overrides: overrides.iter().map(Override::written).collect(),
            source: Arc::clone(&self.problems.source),
            engine: self.engine,
        };
        let further: Vec<Diagnostic> = options.checks.iter().flat_map(|check| check(&stack)).collect();
        further.into_iter().for_each(|diagnostic| self.problems.push(diagnostic));
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
    pub(super) fn check(&mut self, template: &Template, place: Place<'_>, declarations: &Declarations) -> bool {
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
