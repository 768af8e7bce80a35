use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;

use super::absence::Absence;
use super::diagnostic::{Diagnostic, Diagnostics, Location, Problems, Source, Span};
use super::expression::{Engine, Frame, Group};
use super::inputs::StackInputs;
use super::load;
use super::load_options::LoadOptions;
use super::resource::Resource;
use super::scope::{NothingKnown, Scope};
use super::secrecy::Secrecy;
use super::secret_config::SecretConfig;
use super::stack_name::StackName;
use super::stored_values::StoredValues;
use super::template::{Evaluation, Template};
use crate::address::Address;
use crate::encryption::Encryption;
use crate::schema::Catalog;
use crate::secrets::Secrets;
use crate::value::Value;

/// A stack as its file describes it: checked, with `when` and `for_each` decided, and the values of properties still
/// to be evaluated, because they need what AWS gives.
pub struct Stack {
    pub name: String,
    pub project: String,
    /// What the stack was called before, where its file says so.
    pub renamed_from: Option<StackName>,
    pub region: String,
    /// The only account that the stack may run against, where the file names one.
    pub account: Option<String>,
    /// Where state is kept, `s3://bucket` or a folder; absent for the default beside the stack files.
    pub state: Option<String>,
    /// How the secret values of `config` and of state are encrypted, where the file says so.
    pub encryption: Option<Encryption>,
    /// The stack's own tags, without those that name the owner.
    pub tags: IndexMap<String, String>,
    pub ephemeral: bool,
    pub ttl: Option<Duration>,
    /// With overrides put in; without secrets that are not known yet.
    pub config: serde_json::Map<String, serde_json::Value>,
    /// The secret values of `config` that are not known yet.
    pub unknown_secrets: Vec<SecretConfig>,
    /// In the order of the file.
    pub resources: IndexMap<Address, Resource>,
    pub outputs: IndexMap<String, Template>,
    /// What is right, and yet worth knowing.
    pub warnings: Diagnostics,
    /// Where the stack files are.
    pub folder: PathBuf,
    pub path: PathBuf,
    /// SHA-256 in hex over the name, the file, the files that `file()` reads, and the overrides.
    pub digest: String,
    pub(super) overrides: Vec<(String, String)>,
    pub(super) source: Arc<Source>,
    pub(super) engine: Engine,
}

impl Stack {
    /// Loads the stack `name` from a folder of stack files and checks everything that can be checked without AWS:
    /// form, names, references, and properties against AWS's published facts.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the file.
    pub fn load(folder: &Path, name: &str, options: &LoadOptions<'_>) -> Result<Self, Diagnostics> {
        load::load(folder, name, options)
    }

    /// The same as if the stack's file had this text, to check an edit before it is written.
    ///
    /// # Errors
    /// Everything that would be wrong, in the order of the text.
    pub fn load_as(folder: &Path, name: &str, text: &str, options: &LoadOptions<'_>) -> Result<Self, Diagnostics> {
        load::load_as(folder, name, text, options)
    }

    /// As `load`, from the texts that an earlier load was made from, and no other files. Messages name the file as if it
    /// were in `folder`. The overrides are those of `options`.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the file.
    pub fn from_inputs(
        folder: &Path,
        name: &str,
        inputs: &StackInputs,
        options: &LoadOptions<'_>,
    ) -> Result<Self, Diagnostics> {
        load::from_inputs(folder, name, inputs, options)
    }

    /// The texts that the stack was made from.
    pub fn inputs(&self) -> StackInputs {
        StackInputs {
            file: self.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            text: self.source.text().to_owned(),
            files: self.engine.files.contents().into_iter().collect(),
            overrides: self.overrides.clone(),
        }
    }

    /// True if the folder has a file for the stack `name`, whatever is in it.
    pub fn is_declared(folder: &Path, name: &str) -> bool {
        load::is_declared(folder, name)
    }

    /// True if a file whose `match` is the pattern is for the stack of that name.
    pub fn is_named_by(pattern: &str, name: &str) -> bool {
        load::is_named_by(pattern, name)
    }

    /// Why the stack does not have a resource of a name that the file has.
    pub fn absence(&self, address: &Address) -> Option<Absence> {
        match self.engine.groups.get(address.name())? {
            Group::Absent => Some(Absence::WhenFalse),
            Group::Members(members) if !members.values().any(|member| member == address) => Some(Absence::NotAMember),
            _ => None,
        }
    }

    /// Why a new resource cannot have this name, if so: it is no name, or the file has it already.
    pub fn refuses_new_name(&self, name: &str) -> Option<String> {
        if self.engine.groups.contains_key(name) {
            return Some(format!("the stack file has a resource `{name}` already"));
        }
        load::check_resource_name(name).err().map(|(message, _)| message)
    }

    /// Where a resource's object is to be.
    pub fn region_of<'a>(&'a self, resource: &'a Resource) -> &'a str {
        resource.region.as_deref().unwrap_or(&self.region)
    }

    /// True if the resource is an object that is only looked up.
    pub fn is_lookup(&self, address: &Address) -> bool {
        self.resources.get(address).is_some_and(Resource::is_lookup)
    }

    /// The secret texts that this stack's evaluation has met so far.
    pub fn secrets(&self) -> &Secrets {
        &self.engine.secrets
    }

    /// True if what the file writes at a path of a resource's properties is made of a secret, known already or not. Of
    /// properties that one expression gives together, each counts as made of what the expression reads.
    pub fn is_made_of_secret(&self, resource: &Resource, path: &[&str]) -> bool {
        Secrecy::new(self).property(resource, path)
    }

    /// True if an expression may read `stack.account`.
    pub fn mentions_account(&self) -> bool {
        self.source.text().contains("account")
    }

    /// A resource's properties, a map with `Value::Unknown` where the scope does not know what an expression reads.
    /// Null entries are left out. Empty for a lookup.
    ///
    /// # Errors
    /// Expressions that fail, each where it stands.
    pub fn evaluate(&self, address: &Address, scope: &dyn Scope) -> Result<Value, Diagnostics> {
        let resource = self.resource(address)?;
        let values = self.values(&resource.declaration.properties, resource, scope)?;
        let Some(schema) = Catalog::standard().get(&resource.type_name) else { return Ok(values) };
        let values = schema.coerced(values);
        schema.credentials(&values).into_iter().for_each(|secret| self.secrets().add_credential(secret));
        Ok(values)
    }

    /// The properties by which a lookup's existing object is found.
    ///
    /// # Errors
    /// Expressions that fail, each where it stands; a resource that is no lookup.
    pub fn evaluate_lookup(&self, address: &Address, scope: &dyn Scope) -> Result<Value, Diagnostics> {
        let resource = self.resource(address)?;
        match &resource.declaration.lookup {
            Some(lookup) => {
                let values = self.values(lookup, resource, scope)?;
                Ok(match Catalog::standard().get(&resource.type_name) {
                    Some(schema) => schema.coerced(values),
                    None => values,
                })
            }
            None => Err(self.diagnose(address, &[], format!("`{address}` is no lookup"), None).into()),
        }
    }

    /// The id of the existing object that the next apply takes over, where the file names one.
    ///
    /// # Errors
    /// An expression that fails, or gives no text.
    pub fn import_id(&self, address: &Address) -> Result<Option<String>, Diagnostics> {
        let resource = self.resource(address)?;
        let Some(import) = resource.declaration.options.get("import") else { return Ok(None) };
        let mut problems = Problems::new(Arc::clone(&self.source));
        let frame = Frame { each: resource.each.as_ref(), scope: &NothingKnown, lenient: false };
        let value = Evaluation { engine: &self.engine, frame, problems: &mut problems }.value(import);
        match problems.finish(value)? {
            Value::String(id) => Ok(Some(id)),
            Value::Null => Ok(None),
            _ => Err(self.source.error(import.span, "`import` must be a text, the id of an object").into()),
        }
    }

    /// All outputs by name.
    ///
    /// # Errors
    /// Expressions that fail, each where it stands.
    pub fn evaluate_outputs(&self, scope: &dyn Scope) -> Result<IndexMap<String, Value>, Diagnostics> {
        let mut problems = Problems::new(Arc::clone(&self.source));
        let frame = Frame { each: None, scope, lenient: false };
        let mut evaluation = Evaluation { engine: &self.engine, frame, problems: &mut problems };
        let values = self.outputs.iter().map(|(name, output)| (name.clone(), evaluation.value(output))).collect();
        problems.finish(values)
    }

    /// The outputs that the scope knows wholly.
    ///
    /// # Errors
    /// Expressions that fail, each where it stands.
    pub fn known_outputs(&self, scope: &dyn Scope) -> Result<serde_json::Map<String, serde_json::Value>, Diagnostics> {
        let outputs = self.evaluate_outputs(scope)?;
        Ok(outputs.into_iter().filter_map(|(name, value)| Some((name, value.to_json()?))).collect())
    }

    /// An error about a resource that shows only later, in the plan. `path` is a property's,
    /// `["ContainerDefinitions", "0", "Image"]`, or names an option, `["import"]`; what is not written is shown at what is
    /// around it.
    pub fn diagnose(
        &self,
        address: &Address,
        path: &[&str],
        message: impl Into<String>,
        suggestion: Option<String>,
    ) -> Diagnostic {
        let span = self.resources.get(address).map(|resource| resource.declaration.span_at(path));
        self.source.error(span.unwrap_or_default(), message).suggest(suggestion)
    }

    /// What the expressions read that AWS keeps for the stack, as far as they were evaluated.
    pub fn stored_values(&self) -> &StoredValues {
        &self.engine.stored
    }

    /// The beginning of the file.
    pub fn top(&self) -> Location {
        self.source.location(Span::default())
    }

    /// Where a resource is declared.
    pub fn location(&self, address: &Address) -> Option<Location> {
        let resource = self.resources.get(address)?;
        Some(self.source.location(resource.declaration.name_span))
    }

    /// Where `from` first refers to `to`, by an expression or by `depends_on`.
    pub fn reference_location(&self, from: &Address, to: &Address) -> Option<Location> {
        let resource = self.resources.get(from)?;
        let each = resource.each.as_ref();
        for template in resource.declaration.templates() {
            let mut expressions = Vec::new();
            template.expressions(&mut expressions);
            for (holder, offset, expression) in expressions {
                let reference = expression.references.iter().find(|reference| {
                    self.engine.dependencies(reference, each).into_iter().any(|address| address == to)
                });
                if let Some(reference) = reference {
                    let failure = super::expression::Failure::new(reference.offset, reference.root.len(), "");
                    return Some(holder.diagnose(&self.source, offset, &failure).location);
                }
            }
        }
        let dependencies = &resource.declaration.depends_on;
        let dependency = dependencies.iter().find(|dependency| dependency.name == to.name())?;
        Some(self.source.location(dependency.span))
    }

    fn resource(&self, address: &Address) -> Result<&Resource, Diagnostics> {
        self.resources.get(address).ok_or_else(|| {
            let message = format!("`{address}` is no resource of this stack");
            self.source.error(Span::default(), message).into()
        })
    }

    fn values(&self, template: &Template, resource: &Resource, scope: &dyn Scope) -> Result<Value, Diagnostics> {
        let mut problems = Problems::new(Arc::clone(&self.source));
        let frame = Frame { each: resource.each.as_ref(), scope, lenient: false };
        let mut evaluation = Evaluation { engine: &self.engine, frame, problems: &mut problems };
        let values = evaluation.properties(template);
        problems.finish(values)
    }
}
