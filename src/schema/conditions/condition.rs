use std::sync::Arc;

use super::asked::Asked;
use super::definition::Definition;
use super::items::items;
use super::message::Message;
use super::program::Program;
use super::subject::{Scope, Subject};
use crate::schema::{PathSegment, PropertyPath, Violation};
use crate::value::Value;

/// Something that several properties have to satisfy together.
#[derive(Debug)]
pub(in crate::schema) struct Condition {
    definition: Definition,
    rule: Program,
    when: Option<Program>,
    message: Message,
    help: Option<Message>,
}

impl Condition {
    /// # Errors
    /// What is wrong with an expression, in the parser's words.
    pub fn compile(definition: Definition) -> Result<Self, String> {
        Ok(Self {
            rule: Program::compile(&definition.rule, false)?,
            when: definition.when.as_deref().map(|when| Program::compile(when, true)).transpose()?,
            message: Message::compile(&definition.message)?,
            help: definition.help.as_deref().map(Message::compile).transpose()?,
            definition,
        })
    }

    /// What has to be known to ask it.
    pub fn needs(&self) -> Asked {
        match () {
            () if self.definition.creation => Asked::OfNew,
            () if self.definition.with.is_empty() => Asked::Alone,
            () => Asked::AmongOthers,
        }
    }

    /// Adds what the subject does not satisfy.
    pub fn check(&self, subject: &Subject<'_>, found: &mut Vec<Violation>) {
        let Some(each) = &self.definition.each else {
            self.check_one(subject, None, found);
            return;
        };
        items(subject.properties(), each.segments(), &mut PropertyPath::root(), &mut |path, item| {
            self.check_one(subject, Some((path, item)), found);
        });
    }

    fn check_one(&self, subject: &Subject<'_>, item: Option<(&PropertyPath, &Value)>, found: &mut Vec<Violation>) {
        let around = item.map_or_else(PropertyPath::root, |(path, _)| path.clone());
        let Some(scope) = self.scope(subject, item, &around) else { return };
        let applies = self.when.as_ref().is_none_or(|when| when.is(true, &scope));
        if !applies || !self.rule.is(false, &scope) {
            return;
        }
        let at = self.definition.at.as_ref().map_or(&[][..], PropertyPath::segments);
        let path = at.iter().fold(around, |path, segment| path.with(segment.clone()));
        let suggestion = self.help.as_ref().map(|help| help.text(&scope));
        let (message, is_warning) = (self.message.text(&scope), self.definition.warning);
        found.push(Violation { path, message, suggestion, is_warning, ..Violation::default() });
    }

    /// What the names in the expressions stand for; `None` where another resource is none of the stack, or
    /// of another type.
    fn scope<'a>(
        &'a self,
        subject: &'a Subject<'a>,
        item: Option<(&PropertyPath, &'a Value)>,
        around: &PropertyPath,
    ) -> Option<Scope<'a>> {
        let mut scope = Scope::new(subject, item.map(|(_, item)| item));
        for (name, path) in &self.definition.with {
            let wanted = self.definition.of.get(name).map(String::as_str);
            scope.add(name, others(subject, &from(around, path), wanted)?);
        }
        Some(scope)
    }
}

/// What is written for the resource that a property refers to; of `Subnets[*]` a list of what is written for each.
fn others(subject: &Subject<'_>, path: &PropertyPath, wanted: Option<&str>) -> Option<Arc<Value>> {
    if !path.segments().contains(&PathSegment::Any) {
        let referred = subject.referred(path)?;
        return wanted.is_none_or(|wanted| wanted == referred.type_name).then_some(referred.properties);
    }
    let mut each = Vec::new();
    items(subject.properties(), path.segments(), &mut PropertyPath::root(), &mut |path, _| {
        each.push(others(subject, path, wanted).map(Arc::unwrap_or_clone));
    });
    let each: Vec<Value> = each.into_iter().collect::<Option<_>>()?;
    (!each.is_empty()).then(|| Arc::new(Value::List(each)))
}

/// A path that may begin at the item, `it.TargetGroupArn`.
fn from(around: &PropertyPath, path: &PropertyPath) -> PropertyPath {
    match path.segments().split_first() {
        Some((PathSegment::Key(first), rest)) if first == "it" => {
            rest.iter().fold(around.clone(), |path, segment| path.with(segment.clone()))
        }
        _ => path.clone(),
    }
}
