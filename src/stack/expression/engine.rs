use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use cel::{Context, DeclarationError, Env};
use indexmap::IndexMap;

use super::expression::Program;
use super::files::Files;
use super::walk::{Part, follow, parts, value_at};
use super::{Expression, Failure, functions, stored};
use crate::address::Address;
use crate::expression::{Access, Reference, ReferenceSegment, from_cel, to_cel};
use crate::secrets::Secrets;
use crate::stack::scope::Scope;
use crate::stack::stored_values::StoredValues;
use crate::value::Value;

/// What a resource's name stands for, once `when` and `for_each` are decided.
#[derive(Debug)]
pub(crate) enum Group {
    Single(Address),
    /// By key, in the order of the file.
    Members(IndexMap<String, Address>),
    /// Its `when` is false.
    Absent,
    /// Its `when` or `for_each` has errors, which are reported already.
    Broken,
}

/// The key and value of one member of a `for_each`, as the map that `each` is.
#[derive(Debug, Clone)]
pub(crate) struct Each(Value);

impl Each {
    pub fn new(key: &str, value: Value) -> Self {
        let key_entry = ("key".to_owned(), Value::String(key.to_owned()));
        Self(Value::Map(IndexMap::from([key_entry, ("value".to_owned(), value)])))
    }

    pub fn key(&self) -> &str {
        self.text("key").unwrap_or_default()
    }

    /// A field that is text.
    pub fn text(&self, field: &str) -> Option<&str> {
        match self.0.get(field) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }
}

/// Where an expression is evaluated.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub each: Option<&'a Each>,
    pub scope: &'a dyn Scope,
    /// True where `stack.account` may stay unknown: in a check without AWS.
    pub lenient: bool,
}

/// What an expression came to.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    Known(Value),
    /// It waits for these resources.
    Waiting(BTreeSet<Address>),
}

/// Evaluates expressions of one stack. The functions and the roots that never change are bound once; an expression binds
/// only the resources that it touches.
pub(crate) struct Engine {
    context: Context<'static, 'static>,
    pub environment: Arc<Env>,
    pub files: Arc<Files>,
    /// What AWS keeps for the stack.
    pub stored: Arc<StoredValues>,
    pub secrets: Secrets,
    config: Value,
    /// Where the secrets of `config` are, known or not.
    secret_paths: Vec<Vec<String>>,
    stack: Value,
    pub groups: IndexMap<String, Group>,
    /// The texts of expressions that are known to be wrong. They are not evaluated, so that nothing is said of them twice.
    pub refused: HashSet<String>,
}

impl Engine {
    /// # Errors
    /// Functions whose names are in each other's way, which is a mistake of ours.
    pub fn new(files: Files, region: &str, stack: Value, secrets: Secrets) -> Result<Self, DeclarationError> {
        let environment = functions::environment()?;
        let files = Arc::new(files);
        let mut context = Context::with_env(Arc::clone(&environment));
        functions::add_functions(&mut context, region, Arc::clone(&files))?;
        let stored = Arc::<StoredValues>::default();
        stored::add_functions(&mut context, &stored)?;
        context.add_variable_from_value("stack", to_cel(&stack));
        let config = Value::Map(IndexMap::new());
        let (groups, refused, secret_paths) = (IndexMap::new(), HashSet::new(), Vec::new());
        Ok(Self { context, environment, files, stored, secrets, config, secret_paths, stack, groups, refused })
    }

    /// `secrets` are the keys of those of its values that are secret, dotted.
    pub fn set_config<'a>(&mut self, config: Value, secrets: impl IntoIterator<Item = &'a str>) {
        self.context.add_variable_from_value("config", to_cel(&config));
        self.config = config;
        self.secret_paths = secrets.into_iter().map(|key| key.split('.').map(str::to_owned).collect()).collect();
    }

    pub fn config(&self) -> &Value {
        &self.config
    }

    /// # Errors
    /// What is wrong, by byte offset in the expression.
    pub fn evaluate(&self, expression: &Expression, frame: Frame<'_>) -> Result<Outcome, Failure> {
        let mut waits = BTreeSet::new();
        if self.refused.contains(&expression.text) {
            return Ok(Outcome::Waiting(waits));
        }
        let mut blocked = false;
        for reference in &expression.references {
            for part in self.parts(reference, frame)? {
                part.check_attribute(reference)?;
                if part.is_unknown(reference.access, frame) {
                    blocked = true;
                    waits.extend(part.address);
                }
            }
        }
        if blocked {
            return Ok(Outcome::Waiting(waits));
        }
        match (&expression.program, expression.references.as_slice()) {
            (Program::Path, [reference]) => self.path_value(reference, frame).map(Outcome::Known),
            (Program::Path, _) => Ok(Outcome::Known(Value::Null)),
            (Program::Cel(program), _) => self.execute(program, expression, frame),
        }
    }

    /// True if what the expression reads holds a secret: then so does what it makes of it.
    pub fn reads_secret(&self, expression: &Expression, frame: Frame<'_>) -> bool {
        expression.gives_secrets()
            || expression.references.iter().any(|reference| match reference.root.as_str() {
                "config" => self.reads_secret_config(reference, frame.each),
                _ => self.reads_secret_text(reference, frame),
            })
    }

    /// By where it is, so that it counts before its value is known, and an equal text elsewhere does not.
    pub fn reads_secret_config(&self, reference: &Reference, each: Option<&Each>) -> bool {
        self.secret_paths.iter().any(|path| {
            let mut steps = reference.segments.iter().zip(path);
            let only_keys = reference.access == Access::Keys && reference.segments.len() < path.len();
            !only_keys && steps.all(|(segment, key)| segment.key(each).is_none_or(|read| read == key))
        })
    }

    /// By what it says, since it may come from anywhere.
    pub fn reads_secret_text(&self, reference: &Reference, frame: Frame<'_>) -> bool {
        let is_secret = |text: &str| self.secrets.has(text);
        let parts = || self.parts(reference, frame).unwrap_or_default();
        !self.secrets.is_empty() && parts().iter().any(|part| part.has_text(&is_secret, frame))
    }

    /// The resources that an expression needs before it can be evaluated.
    pub fn dependencies<'a>(&'a self, reference: &Reference, each: Option<&Each>) -> Vec<&'a Address> {
        match self.groups.get(&reference.root) {
            Some(Group::Single(address)) => vec![address],
            Some(Group::Members(members)) => {
                let key = reference.segments.first().and_then(|segment| segment.key(each));
                match key {
                    Some(key) => members.get(key).into_iter().collect(),
                    None => members.values().collect(),
                }
            }
            Some(Group::Absent | Group::Broken) | None => Vec::new(),
        }
    }

    /// The attribute of a resource that a reference reads, where it is written out.
    pub fn attribute<'a>(&self, reference: &'a Reference) -> Option<&'a str> {
        let segment = match self.groups.get(&reference.root)? {
            Group::Single(_) => reference.segments.first(),
            Group::Members(_) => reference.segments.get(1),
            Group::Absent | Group::Broken => None,
        };
        match segment? {
            ReferenceSegment::Key(name) => Some(name),
            _ => None,
        }
    }

    fn parts<'a>(&'a self, reference: &'a Reference, frame: Frame<'a>) -> Result<Vec<Part<'a>>, Failure> {
        match reference.root.as_str() {
            "config" => Ok(vec![Part::known(&self.config, &reference.segments)]),
            "stack" => self.stack_part(reference, frame).map(|part| vec![part]),
            "each" => match frame.each {
                Some(Each(each)) => Ok(vec![Part::known(each, &reference.segments)]),
                None => Err(Failure::new(reference.offset, 4, "`each` is only known under `for_each`")),
            },
            name => match self.groups.get(name) {
                Some(group) => parts(group, reference, frame),
                None => {
                    let message = format!("`{name}` is no resource of this stack");
                    Err(Failure::new(reference.offset, name.len(), message))
                }
            },
        }
    }

    fn stack_part<'a>(&'a self, reference: &'a Reference, frame: Frame<'_>) -> Result<Part<'a>, Failure> {
        let missing = reference.first_key() == Some("account") && self.stack.get("account").is_none();
        if !missing {
            return Ok(Part::known(&self.stack, &reference.segments));
        }
        if frame.lenient {
            return Ok(Part::unknown(&reference.segments));
        }
        let failure = Failure::new(reference.offset, "stack.account".len(), "the account is not known without AWS");
        Err(failure.help("write `account:` in the stack file"))
    }

    fn path_value(&self, reference: &Reference, frame: Frame<'_>) -> Result<Value, Failure> {
        if let Some(Group::Members(members)) = self.groups.get(&reference.root)
            && reference.segments.is_empty()
        {
            let attributes =
                members.iter().map(|(key, address)| (key.clone(), frame.scope.whole(address).into_owned()));
            return Ok(Value::Map(attributes.collect()));
        }
        match self.parts(reference, frame)?.first() {
            Some(part) => follow(part, reference, frame),
            None => Ok(Value::Null),
        }
    }

    fn execute(&self, program: &cel::IdedExpr, expression: &Expression, frame: Frame<'_>) -> Result<Outcome, Failure> {
        let mut context = self.context.new_inner_scope();
        let mut bound: Vec<&str> = vec!["config", "stack"];
        for reference in &expression.references {
            let root = reference.root.as_str();
            if !bound.contains(&root) {
                let value = self.root_value(root, expression, frame);
                context.add_variable_from_value(root, value);
                bound.push(root);
            }
        }
        let failure = |message| Failure::new(0, expression.text.len(), message);
        match cel::Value::resolve(program, &context) {
            Ok(value) => from_cel(&value).map(Outcome::Known).map_err(failure),
            Err(error) if stored::is_not_read(&error) => Ok(Outcome::Waiting(BTreeSet::new())),
            Err(error) => Err(failure(error.to_string_for_users()).suggest(error.help_for_users(&expression.text))),
        }
    }

    /// What a root is bound to: of resources only what the expression touches.
    fn root_value(&self, root: &str, expression: &Expression, frame: Frame<'_>) -> cel::Value {
        match (frame.each, self.groups.get(root)) {
            (Some(Each(each)), _) if root == "each" => to_cel(each),
            (_, Some(group)) => {
                let references = expression.references.iter().filter(|reference| reference.root == root);
                value_at(group, &references.collect::<Vec<_>>(), frame)
            }
            _ => cel::Value::Null,
        }
    }
}

/// An interpreter's error in words for the author of an expression.
trait ToStringForUsers {
    fn to_string_for_users(&self) -> String;

    /// What to write instead, where that is certain.
    fn help_for_users(&self, text: &str) -> Option<String>;
}

impl ToStringForUsers for cel::ExecutionError {
    fn to_string_for_users(&self) -> String {
        use cel::ExecutionError as Error;
        match self {
            Error::NoSuchKey(key) => format!("there is no `{key}` in this value"),
            Error::UndeclaredReference(name) => format!("`{name}` is not known"),
            Error::FunctionError { function, message } => format!("`{function}`: {message}"),
            Error::UnsupportedBinaryOperator(operator, left, right) => {
                let (left, right) = (functions::describe_exactly(left), functions::describe_exactly(right));
                format!("`{}` is not possible between {left} and {right}", symbol(operator))
            }
            Error::NoSuchOverload(call) => {
                format!("`{}` does not take ({})", call.function(), call.argument_types().join(", "))
            }
            Error::UnexpectedType { want, .. } => format!("a value of type {want} is needed here"),
            Error::InvalidArgumentCount { expected, actual } => {
                format!("a function takes {expected} arguments and was given {actual}")
            }
            Error::DivisionByZero(_) | Error::RemainderByZero(_) => "this divides by zero".to_owned(),
            Error::IndexOutOfBounds(cel::Value::Int(index)) => format!("the list has no element {index}"),
            other => other.to_string(),
        }
    }

    fn help_for_users(&self, text: &str) -> Option<String> {
        use cel::Value::{Float, Int, UInt};
        let Self::UnsupportedBinaryOperator(_, left, right) = self else { return None };
        let whole = match (left, right) {
            (Int(whole), Float(_)) | (Float(_), Int(whole)) => whole.to_string(),
            (UInt(whole), Float(_)) | (Float(_), UInt(whole)) => whole.to_string(),
            _ => return None,
        };
        let is_written = text.split(|character: char| !character.is_ascii_digit()).any(|digits| digits == whole);
        Some(match is_written {
            true => format!("write `{whole}.0`"),
            false => "write `double(…)` around what is a whole number".to_owned(),
        })
    }
}

/// An operator as it is written.
fn symbol(operator: &str) -> &str {
    match operator {
        "add" => "+",
        "sub" => "-",
        "mul" => "*",
        "div" => "/",
        "rem" => "%",
        other => other,
    }
}
