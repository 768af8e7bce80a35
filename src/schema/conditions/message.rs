use super::program::Program;
use super::subject::Scope;

/// A text with expressions in `${…}`.
#[derive(Debug)]
pub(super) struct Message(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Text(String),
    Computed(Program),
}

impl Message {
    /// # Errors
    /// What is wrong with an expression in it.
    pub fn compile(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (inside, after) = after.split_once('}').ok_or_else(|| format!("{text}: `${{` without `}}`"))?;
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(Piece::Computed(Program::compile(inside, false)?));
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Self(pieces))
    }

    pub fn text(&self, scope: &Scope<'_>) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Computed(program) => program.value(scope).map_or_else(|| "…".to_owned(), |value| shown(&value)),
        };
        self.0.iter().map(piece).collect()
    }
}

fn shown(value: &cel::Value) -> String {
    match value {
        cel::Value::Int(number) => number.to_string(),
        cel::Value::UInt(number) => number.to_string(),
        cel::Value::Float(number) => number.to_string(),
        cel::Value::Bool(flag) => flag.to_string(),
        cel::Value::String(text) => text.to_string(),
        cel::Value::List(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        _ => "…".to_owned(),
    }
}
