use cel::{Env, IdedExpr, ParseError};

use super::Failure;
use super::ordered::order_comprehensions;
use crate::expression::{Collector, Touched};
use crate::stack::foreign_words;

/// Parses CEL, and reads off what it touches.
///
/// # Errors
/// The first error of syntax, where it stands.
pub(super) fn parse(environment: &Env, text: &str) -> Result<(IdedExpr, Touched), Failure> {
    if nests_too_deep(text) {
        return Err(too_deep(text));
    }
    let program = environment.compile(text).map_err(|errors| syntax_failure(text, &errors.errors))?;
    let mut collector = Collector::new(program.source_info());
    collector.visit(program.expression());
    let touched = collector.touched;
    let mut expression = program.expression().clone();
    order_comprehensions(&mut expression);
    Ok((expression, touched))
}

/// CEL's parser calls itself for each bracket and sign, and its own limit comes after the end of a small stack.
const DEEPEST: usize = 48;

/// Brackets in texts count too: nobody nests so many of them by mistake.
fn nests_too_deep(text: &str) -> bool {
    let (mut depth, mut signs) = (0_usize, 0_usize);
    text.chars().any(|character| {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        signs = if matches!(character, '!' | '-') { signs + 1 } else { 0 };
        depth > DEEPEST || signs > DEEPEST
    })
}

fn too_deep(text: &str) -> Failure {
    let failure = Failure::new(0, text.len(), "this expression is nested too deep to be read");
    failure.help("give its parts names in `config`")
}

fn syntax_failure(text: &str, errors: &[ParseError]) -> Failure {
    let Some(error) = errors.first() else {
        return Failure::new(0, text.len(), "this is not an expression");
    };
    if error.msg.contains("Recursion limit") {
        return too_deep(text);
    }
    let offset = offset_of(text, error.pos);
    let length = text[offset..].chars().next().map_or(1, char::len_utf8);
    let failure = Failure::new(offset, length, format!("this is not an expression: {}", describe(&error.msg)));
    if let Some(help) = foreign_words::pseudo_parameter(text) {
        let message = format!("`{}` is a word of CloudFormation, and no expression", text.trim());
        return Failure::new(0, text.len(), message).help(help);
    }
    match policy_variable(text) {
        Some(variable) => failure.help(format!("write `$${{{variable}}}` for a policy variable of IAM")),
        None => failure,
    }
}

/// CEL counts lines and columns from 1, columns in characters.
fn offset_of(text: &str, (line, column): (isize, isize)) -> usize {
    let line = usize::try_from(line).unwrap_or(1).max(1);
    let column = usize::try_from(column).unwrap_or(1).max(1);
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let within: usize = text[start..].chars().take(column - 1).map(char::len_utf8).sum();
    (start + within).min(text.len())
}

/// The parser's message without its list of every token that could stand there.
fn describe(message: &str) -> String {
    let message = message.strip_prefix("Syntax error: ").unwrap_or(message);
    let message = message.split(" expecting ").next().unwrap_or(message);
    if message.contains("input '<EOF>'") {
        return "it ends too early".to_owned();
    }
    message
        .replace("'<EOF>'", "the end")
        .replace("mismatched input", "unexpected")
        .replace("extraneous input", "unexpected")
}

/// `aws:username` and the like, which IAM's policies write as `${aws:username}`.
fn policy_variable(text: &str) -> Option<&str> {
    let (service, rest) = text.trim().split_once(':')?;
    let is_name = |part: &str| {
        !part.is_empty()
            && part.chars().all(|character| character.is_ascii_alphanumeric() || "-_/:.".contains(character))
    };
    (is_name(service) && is_name(rest)).then(|| text.trim())
}
