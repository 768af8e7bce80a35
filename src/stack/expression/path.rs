use super::language::is_word;
use crate::expression::{Access, Reference, ReferenceSegment};

/// Reads an expression that only names a value: `jobs.Arn`, `subnet["a"].SubnetId`, `subnet[each.key].SubnetId`.
/// Most expressions do, and reading them here takes a thousandth of the time that CEL's own parser needs. `None` leaves
/// the expression to CEL.
pub(crate) fn parse_path(text: &str) -> Option<Reference> {
    let offset = text.len() - text.trim_start().len();
    let mut rest = text.trim();
    let root = identifier(&mut rest)?;
    let mut segments = Vec::new();
    while !rest.is_empty() {
        segments.push(segment(&mut rest)?);
    }
    Some(Reference { root: root.to_owned(), segments, access: Access::Value, offset })
}

fn identifier<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let in_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let end = rest.find(|character| !in_name(character)).unwrap_or(rest.len());
    let (name, tail) = rest.split_at(end);
    let starts_well = name.starts_with(|character: char| character.is_ascii_alphabetic() || character == '_');
    *rest = tail;
    (starts_well && !is_word(name)).then_some(name)
}

fn segment(rest: &mut &str) -> Option<ReferenceSegment> {
    if let Some(tail) = rest.strip_prefix('.') {
        *rest = tail;
        return identifier(rest).map(|name| ReferenceSegment::Key(name.to_owned()));
    }
    let (index, tail) = rest.strip_prefix('[')?.split_once(']')?;
    *rest = tail;
    index_segment(index.trim())
}

fn index_segment(index: &str) -> Option<ReferenceSegment> {
    match index {
        "each.key" => return Some(ReferenceSegment::EachKey),
        "each.value" => return Some(ReferenceSegment::EachValue),
        _ => {}
    }
    if !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit()) {
        return index.parse().ok().map(ReferenceSegment::Index);
    }
    let quote = index.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let inner = index.strip_prefix(quote)?.strip_suffix(quote)?;
    let is_simple = !inner.contains([quote, '\\', '\n', '\r']);
    is_simple.then(|| ReferenceSegment::Key(inner.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> ReferenceSegment {
        ReferenceSegment::Key(text.to_owned())
    }

    #[test]
    fn plain_paths_are_read() {
        let path = parse_path(" jobs.Arn ").expect("a path");
        assert_eq!((path.root.as_str(), path.offset, &path.segments[..]), ("jobs", 1, &[key("Arn")][..]));
        let path = parse_path(r#"a["b.c"][0].d['e'][each.key]"#).expect("a path");
        assert_eq!(
            path.segments,
            [key("b.c"), ReferenceSegment::Index(0), key("d"), key("e"), ReferenceSegment::EachKey]
        );
    }

    #[test]
    fn anything_else_is_left_to_cel() {
        for text in ["a + b", "f(x)", "true", "a.b()", "1", "'x'", "a[b]", "a.?b", "a['x\\'']", "a[\"b\"+\"]\"]", "a b"]
        {
            assert_eq!(parse_path(text), None, "{text}");
        }
    }
}
