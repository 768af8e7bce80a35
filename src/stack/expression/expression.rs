use std::collections::HashMap;
use std::sync::Arc;

use cel::{Env, IdedExpr};

use super::path::parse_path;
use super::stored::gives_secrets;
use super::{Failure, parse::parse};
use crate::expression::{Call, Reference, Touched};

/// What stands inside one `${…}`, compiled. Equal texts share it.
#[derive(Debug)]
pub(crate) struct Expression {
    pub text: String,
    pub program: Program,
    pub references: Vec<Reference>,
    pub calls: Vec<Call>,
    /// The literal paths given to `file`, and the offset of each.
    pub files: Vec<(String, usize)>,
}

#[derive(Debug)]
pub(crate) enum Program {
    /// Only names a value: the one reference.
    Path,
    Cel(Box<IdedExpr>),
}

impl Expression {
    /// True if it reads what AWS keeps for the stack, which nobody may see.
    pub fn gives_secrets(&self) -> bool {
        self.calls.iter().any(|call| gives_secrets(&call.name))
    }

    /// What it names, where it does nothing else: `jobs.Arn`.
    pub fn path(&self) -> Option<&Reference> {
        match self.program {
            Program::Path => self.references.first(),
            Program::Cel(_) => None,
        }
    }
}

/// Compiles expressions, each text once.
pub(crate) struct Compiler {
    environment: Arc<Env>,
    cache: HashMap<String, Arc<Expression>>,
}

impl Compiler {
    pub fn new(environment: Arc<Env>) -> Self {
        Self { environment, cache: HashMap::new() }
    }

    /// # Errors
    /// What is wrong with its syntax.
    pub fn compile(&mut self, text: &str) -> Result<Arc<Expression>, Failure> {
        if let Some(expression) = self.cache.get(text) {
            return Ok(Arc::clone(expression));
        }
        let expression = Arc::new(self.compile_new(text)?);
        self.cache.insert(text.to_owned(), Arc::clone(&expression));
        Ok(expression)
    }

    fn compile_new(&self, text: &str) -> Result<Expression, Failure> {
        let text = text.to_owned();
        if let Some(reference) = parse_path(&text) {
            let (program, references) = (Program::Path, vec![reference]);
            return Ok(Expression { text, program, references, calls: Vec::new(), files: Vec::new() });
        }
        let (program, Touched { references, calls, files }) = parse(&self.environment, &text)?;
        Ok(Expression { text, program: Program::Cel(Box::new(program)), references, calls, files })
    }
}
