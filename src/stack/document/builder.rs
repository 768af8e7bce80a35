use std::collections::HashMap;

use indexmap::IndexMap;
use indexmap::map::Entry as Slot;
use serde_yaml::granit_parser::{self, Event, Parser, ScalarStyle, ScanError, StrInput, Tag};

use super::{Entry, Node, NodeKind, resolve_plain};
use crate::stack::diagnostic::{Problems, Span};
use crate::stack::foreign_words;

/// More nodes than any stack needs: aliases of aliases must not fill the memory.
const MOST_ALIASED_NODES: usize = 1_000_000;

/// Reads parser events into nodes.
pub(super) struct Builder<'a> {
    parser: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, (Node, usize)>,
    aliased: usize,
    problems: &'a mut Problems,
}

type Step<'a> = (Event<'a>, granit_parser::Span);

impl<'a> Builder<'a> {
    pub fn new(parser: Parser<'a, StrInput<'a>>, problems: &'a mut Problems) -> Self {
        Self { parser, anchors: HashMap::new(), aliased: 0, problems }
    }

    /// The only document of the stream; `None` if there is none.
    pub fn document(mut self) -> Result<Option<Node>, ScanError> {
        let mut root = None;
        while let Some((event, span)) = self.next()? {
            match event {
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                Event::StreamEnd => break,
                _ if root.is_some() => {
                    self.problems.error(convert(span), "a stack file holds one document, and a second begins here");
                    break;
                }
                _ => root = Some(self.node((event, span))?),
            }
        }
        Ok(root)
    }

    fn next(&mut self) -> Result<Option<Step<'a>>, ScanError> {
        self.parser.next().transpose()
    }

    fn node(&mut self, (event, span): Step<'a>) -> Result<Node, ScanError> {
        let (anchor, node) = match event {
            Event::Scalar(text, style, anchor, tag) => (anchor, self.scalar(&text, style, tag.as_deref(), span)),
            Event::SequenceStart(_, anchor, tag) => {
                let is_list = self.check_tag(tag.as_deref(), "seq", span);
                let node = self.list(span)?;
                (anchor, if is_list { node } else { Node { kind: NodeKind::Null, ..node } })
            }
            Event::MappingStart(_, anchor, tag) => {
                let is_map = self.check_tag(tag.as_deref(), "map", span);
                let node = self.map(span)?;
                (anchor, if is_map { node } else { Node { kind: NodeKind::Null, ..node } })
            }
            Event::Alias(anchor) => return Ok(self.alias(anchor, convert(span))),
            _ => (0, Node { span: convert(span), kind: NodeKind::Null }),
        };
        if anchor != 0 {
            let size = node.size();
            self.anchors.insert(anchor, (node.clone(), size));
        }
        Ok(node)
    }

    /// A copy of the anchored node, which keeps the place where it was written.
    fn alias(&mut self, anchor: usize, span: Span) -> Node {
        let Some((node, size)) = self.anchors.get(&anchor) else {
            self.problems.error(span, "an alias cannot stand inside the value that it names");
            return Node { span, kind: NodeKind::Null };
        };
        self.aliased += size;
        if self.aliased > MOST_ALIASED_NODES {
            self.problems.error(span, "the aliases of this file unfold to more than a million values");
            return Node { span, kind: NodeKind::Null };
        }
        node.clone()
    }

    fn list(&mut self, start: granit_parser::Span) -> Result<Node, ScanError> {
        let mut items = Vec::new();
        let mut end = start;
        while let Some((event, span)) = self.next()? {
            end = span;
            if matches!(event, Event::SequenceEnd) {
                break;
            }
            items.push(self.node((event, span))?);
        }
        Ok(Node { span: cover(start, end), kind: NodeKind::List(items) })
    }

    fn map(&mut self, start: granit_parser::Span) -> Result<Node, ScanError> {
        let mut entries = IndexMap::new();
        let mut end = start;
        while let Some((event, span)) = self.next()? {
            end = span;
            if matches!(event, Event::MappingEnd) {
                break;
            }
            let key = self.key(event, span)?;
            let Some(value) = self.next()? else { break };
            let node = self.node(value)?;
            if let Some(key) = key {
                self.insert(&mut entries, key, Entry { key: convert(span), node });
            }
        }
        // What has no meaning has no value, so that no more is said of it.
        let kind = if self.is_function(&entries) { NodeKind::Null } else { NodeKind::Map(entries) };
        Ok(Node { span: cover(start, end), kind })
    }

    /// True for `{Ref: x}` and `{Fn::GetAtt: …}`, which are errors: CloudFormation's functions would be sent as the maps that they
    /// are.
    fn is_function(&mut self, entries: &IndexMap<String, Entry>) -> bool {
        let Some((name, entry)) = entries.first().filter(|_| entries.len() == 1) else { return false };
        let text = match &entry.node.kind {
            NodeKind::Text(text) => Some(text.as_str()),
            _ => None,
        };
        let is_function = name.starts_with("Fn::") || name == "Ref" && text.is_some();
        if is_function {
            let help = foreign_words::function(name, text);
            self.problems.error_with(entry.key, format!("the function `{name}` has no meaning here"), help);
        }
        is_function
    }

    fn insert(&mut self, entries: &mut IndexMap<String, Entry>, key: String, entry: Entry) {
        match entries.entry(key) {
            Slot::Vacant(slot) => {
                slot.insert(entry);
            }
            Slot::Occupied(slot) => {
                let source = &self.problems.source;
                let first = source.location(slot.get().key);
                let error = source.error(entry.key, format!("the key `{}` is written twice", slot.key()));
                self.problems.push(error.relate(first, "here first"));
            }
        }
    }

    /// A key's text; `None` where it is no key that a stack file can have.
    fn key(&mut self, event: Event<'a>, span: granit_parser::Span) -> Result<Option<String>, ScanError> {
        let at = convert(span);
        match event {
            Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<" => {
                let help = "YAML 1.2 has none; write the entries out, or share a whole value by an alias";
                self.problems.error_with(at, "merge keys are not supported", Some(help.to_owned()));
                Ok(None)
            }
            Event::Scalar(text, _, _, tag) => {
                self.check_tag(tag.as_deref(), "str", span);
                Ok(self.is_key(&text, at).then(|| text.into_owned()))
            }
            other => {
                self.node((other, span))?;
                self.problems.error(at, "a key must be text");
                Ok(None)
            }
        }
    }

    /// False for a text that nobody means as a key.
    fn is_key(&mut self, text: &str, span: Span) -> bool {
        if text.contains("${") && !text.contains("$${") {
            let help = "compute the whole map instead: \"${{config.name: 'value'}}\"";
            self.problems.error_with(span, "expressions are not evaluated in keys", Some(help.to_owned()));
        }
        !self.has_invisible(text, span)
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, span: granit_parser::Span) -> Node {
        let at = convert(span);
        let tagged_text = self.check_scalar_tag(tag, text, span);
        if style != ScalarStyle::Plain || tagged_text {
            return Node { span: at, kind: NodeKind::Text(text.to_owned()) };
        }
        if self.has_invisible(text, at) || self.has_odd_quotes(text, at) {
            return Node { span: at, kind: NodeKind::Null };
        }
        let kind = resolve_plain(text).unwrap_or_else(|message| {
            self.problems.error_with(at, message, Some(format!("quote it if it is text: \"{text}\"")));
            NodeKind::Null
        });
        Node { span: at, kind }
    }

    /// True for blanks that look like a space and are none, where nobody means them: an error.
    fn has_invisible(&mut self, text: &str, span: Span) -> bool {
        let is_invisible =
            |character: &char| matches!(character, '\u{a0}' | '\u{2007}' | '\u{200b}' | '\u{202f}' | '\u{feff}');
        let found = text.chars().next().filter(is_invisible).or_else(|| text.chars().last().filter(is_invisible));
        if let Some(character) = found {
            let message =
                format!("the character U+{:04X}, which looks like a space, is part of this text", character as u32);
            self.problems.error_with(
                span,
                message,
                Some("write an ordinary space, or quote the text if you mean it".to_owned()),
            );
        }
        found.is_some()
    }

    /// True for quotation marks that only people read as such: an error.
    fn has_odd_quotes(&mut self, text: &str, span: Span) -> bool {
        let inner =
            text.strip_prefix(['“', '”', '„', '‘', '’']).and_then(|text| text.strip_suffix(['“', '”', '‘', '’']));
        if let Some(inner) = inner {
            let message = "these quotation marks are part of the text: YAML's are \" and '";
            self.problems.error_with(span, message, Some(format!("write \"{inner}\"")));
        }
        inner.is_some()
    }

    /// True if the tag makes the scalar text.
    fn check_scalar_tag(&mut self, tag: Option<&Tag>, text: &str, span: granit_parser::Span) -> bool {
        let is_core = tag.is_some_and(|tag| tag.handle() == "tag:yaml.org,2002:");
        match tag {
            Some(tag) if is_core && tag.suffix() == "str" => true,
            Some(tag) if tag.handle().is_empty() && tag.suffix() == "!" => true,
            Some(tag) if is_core && ["int", "float", "bool", "null"].contains(&tag.suffix()) => false,
            other => {
                self.check_tag_of(other, ("", Some(text)), span);
                false
            }
        }
    }

    /// False where the tag has no meaning: then what is tagged has no value, so that no more is said of it.
    fn check_tag(&mut self, tag: Option<&Tag>, expected: &str, span: granit_parser::Span) -> bool {
        self.check_tag_of(tag, (expected, None), span)
    }

    /// `text` is what is tagged, where that is a scalar.
    fn check_tag_of(
        &mut self,
        tag: Option<&Tag>,
        (expected, text): (&str, Option<&str>),
        span: granit_parser::Span,
    ) -> bool {
        let Some(tag) = tag else { return true };
        if tag.handle() == "tag:yaml.org,2002:" && tag.suffix() == expected {
            return true;
        }
        let at = span.tag_span().map_or_else(|| convert(span), convert);
        let help = foreign_words::function(tag.suffix(), text).unwrap_or_else(|| "remove it".to_owned());
        let written = self.problems.source.slice(at).to_owned();
        self.problems.error_with(at, format!("the tag `{written}` has no meaning here"), Some(help));
        false
    }
}

fn convert(span: granit_parser::Span) -> Span {
    span.byte_range().map(|range| Span::new(range.start, range.end)).unwrap_or_default()
}

fn cover(start: granit_parser::Span, end: granit_parser::Span) -> Span {
    let offset = |marker: granit_parser::Marker| marker.byte_offset().unwrap_or_default();
    Span::new(offset(start.start), offset(end.end))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use crate::stack::diagnostic::{Problems, Source};
    use crate::stack::document::parse;

    fn value(text: &str) -> serde_json::Value {
        let mut problems = Problems::new(Arc::new(Source::new("test.yaml", text)));
        let node = parse(&mut problems).expect("a document");
        problems.finish(node).expect("no problems").to_value().to_json().expect("known")
    }

    fn errors(text: &str) -> String {
        let mut problems = Problems::new(Arc::new(Source::new("test.yaml", text)));
        parse(&mut problems);
        problems.into_diagnostics().to_string()
    }

    #[test]
    fn quoted_words_are_text_and_plain_ones_follow_the_core_schema() {
        let text = "a: no\nb: \"true\"\nc: true\nd: '5'\ne: 5\nf:\non: 1\ng: !!str 7\nh: |\n  x\n";
        let expected =
            json!({"a": "no", "b": "true", "c": true, "d": "5", "e": 5, "f": null, "on": 1, "g": "7", "h": "x\n"});
        assert_eq!(value(text), expected);
    }

    #[test]
    fn anchors_and_aliases_share_values() {
        assert_eq!(value("a: &x {b: [1]}\nc: *x\n"), json!({"a": {"b": [1]}, "c": {"b": [1]}}));
    }

    #[test]
    fn aliases_of_aliases_do_not_fill_the_memory() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let below = level - 1;
            let aliases = vec![format!("*a{below}"); 10].join(", ");
            text += &format!("a{level}: &a{level} [{aliases}]\n");
        }
        assert!(errors(&text).contains("more than a million values"));
    }

    #[test]
    fn a_key_written_twice_is_an_error_that_shows_both() {
        insta::assert_snapshot!(errors("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n"), @r"
        error: the key `c` is written twice
         --> test.yaml:4:3
          |
        4 |   c: 2
          |   ^
         ::: test.yaml:3:3
          |
        3 |   c: 1
          |   ^ here first

        error: the key `a` is written twice
         --> test.yaml:5:1
          |
        5 | a: 3
          | ^
         ::: test.yaml:1:1
          |
        1 | a: 1
          | ^ here first
        ");
    }

    #[test]
    fn merge_keys_tags_and_odd_keys_are_errors() {
        insta::assert_snapshot!(errors("a: &x {b: 1}\nc:\n  <<: *x\nd: !Ref vpc\n[e]: 1\nf: .inf\n${g}: 1\n"), @r#"
        error: merge keys are not supported
         --> test.yaml:3:3
          |
        3 |   <<: *x
          |   ^^
          = YAML 1.2 has none; write the entries out, or share a whole value by an alias

        error: the tag `!Ref` has no meaning here
         --> test.yaml:4:4
          |
        4 | d: !Ref vpc
          |    ^^^^
          = write `${name.Attribute}` for a resource, `${config.name}` for a parameter

        error: a key must be text
         --> test.yaml:5:1
          |
        5 | [e]: 1
          | ^

        error: a number must be finite
         --> test.yaml:6:4
          |
        6 | f: .inf
          |    ^^^^
          = quote it if it is text: ".inf"

        error: expressions are not evaluated in keys
         --> test.yaml:7:1
          |
        7 | ${g}: 1
          | ^^^^
          = compute the whole map instead: "${{config.name: 'value'}}"
        "#);
    }

    #[test]
    fn syntax_errors_say_where_and_what_to_do() {
        insta::assert_snapshot!(errors("a: {x: ${config.y}}\n"), @r#"
        error: this is not YAML: while parsing a flow mapping, did not find expected ',' or '}'
         --> test.yaml:1:9
          |
        1 | a: {x: ${config.y}}
          |         ^
          = inside `{…}` and `[…]` an expression must be quoted: "${…}"
        "#);
        insta::assert_snapshot!(errors("a:\n\tb: 1\n"), @r"
        error: this is not YAML: tabs disallowed within this context (block indentation)
         --> test.yaml:2:2
          |
        2 |  b: 1
          |  ^
          = indent with spaces
        ");
        insta::assert_snapshot!(errors("a: b: c\n"), @r"
        error: this is not YAML: mapping values are not allowed in this context
         --> test.yaml:1:5
          |
        1 | a: b: c
          |     ^
          = quote a value that has `: ` in it, or look at the indentation
        ");
        insta::assert_snapshot!(errors("a: *.example.com\n"), @r"
        error: this is not YAML: while parsing node, found unknown anchor
         --> test.yaml:1:4
          |
        1 | a: *.example.com
          |    ^
          = quote text that begins with `*`
        ");
        insta::assert_snapshot!(errors("a: 1\n---\nb: 1\n"), @r"
        error: a stack file holds one document, and a second begins here
         --> test.yaml:3:1
          |
        3 | b: 1
          | ^
        ");
    }
}
