use std::collections::HashMap;

use indexmap::IndexMap;
use indexmap::map::Entry as Slot;
use serde_yaml::granit_parser::{self, Event, Parser, ScalarStyle, ScanError, StrInput, Tag};

use super::{Entry, Node, NodeKind, resolve_plain};
use crate::stack::diagnostic::{Problems, Span};
use crate::stack::foreign_words;

/// More nodes than any stack needs: aliases of aliases must not fill the memory.
const MOST_ALIASED_NODES: usize = 1_000_000;
/// How many lists and maps may stand inside each other. Aliases go deeper than any parser's limit, and what walks values calls
/// itself for each level: on a worker thread's stack, and in JSON, where `serde_json` reads 128 levels.
const DEEPEST: usize = 64;

/// Reads parser events into nodes.
pub(super) struct Builder<'a> {
    parser: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, Anchored>,
    aliased: usize,
    /// How many lists and maps are open.
    depth: usize,
    problems: &'a mut Problems,
}

/// A value with an anchor, and how much an alias of it brings in.
struct Anchored {
    node: Node,
    size: usize,
    height: usize,
}

type Step<'a> = (Event<'a>, granit_parser::Span);

impl<'a> Builder<'a> {
    pub fn new(parser: Parser<'a, StrInput<'a>>, problems: &'a mut Problems) -> Self {
        Self { parser, anchors: HashMap::new(), aliased: 0, depth: 0, problems }
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
                let node = self.nested(span, Self::list)?;
                (anchor, if is_list { node } else { Node { kind: NodeKind::Broken, ..node } })
            }
            Event::MappingStart(_, anchor, tag) => {
                let is_map = self.check_tag(tag.as_deref(), "map", span);
                let node = self.nested(span, Self::map)?;
                (anchor, if is_map { node } else { Node { kind: NodeKind::Broken, ..node } })
            }
            Event::Alias(anchor) => return Ok(self.alias(anchor, convert(span))),
            _ => (0, Node { span: convert(span), kind: NodeKind::Null }),
        };
        if anchor != 0 {
            let anchored = Anchored { size: node.size(), height: node.height(), node: node.clone() };
            self.anchors.insert(anchor, anchored);
        }
        Ok(node)
    }

    /// A copy of the anchored node, which keeps the place where it was written.
    fn alias(&mut self, anchor: usize, span: Span) -> Node {
        let Some(Anchored { node, size, height }) = self.anchors.get(&anchor) else {
            self.problems.error(span, "an alias cannot stand inside the value that it names");
            return Node { span, kind: NodeKind::Broken };
        };
        self.aliased += size;
        if self.aliased > MOST_ALIASED_NODES {
            self.problems.error(span, "the aliases of this file unfold to more than a million values");
            return Node { span, kind: NodeKind::Broken };
        }
        if self.depth + height > DEEPEST {
            self.problems.error(span, format!("the value of this alias is nested deeper than {DEEPEST} levels here"));
            return Node { span, kind: NodeKind::Broken };
        }
        node.clone()
    }

    /// A list or map, unless too many are open already.
    fn nested(
        &mut self,
        start: granit_parser::Span,
        read: impl FnOnce(&mut Self, granit_parser::Span) -> Result<Node, ScanError>,
    ) -> Result<Node, ScanError> {
        if self.depth == DEEPEST {
            self.problems.error(convert(start), format!("this is nested deeper than {DEEPEST} levels"));
            self.skip()?;
            return Ok(Node { span: convert(start), kind: NodeKind::Broken });
        }
        self.depth += 1;
        let node = read(self, start);
        self.depth -= 1;
        node
    }

    /// Goes on behind the list or map that has just been opened.
    fn skip(&mut self) -> Result<(), ScanError> {
        let mut open = 1;
        while open > 0 {
            match self.next()? {
                Some((Event::SequenceStart(..) | Event::MappingStart(..), _)) => open += 1,
                Some((Event::SequenceEnd | Event::MappingEnd, _)) => open -= 1,
                Some(_) => {}
                None => break,
            }
        }
        Ok(())
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
        let kind = if self.is_function(&entries) { NodeKind::Broken } else { NodeKind::Map(entries) };
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
        let is_tagged = tag.is_some();
        let told = self.problems.count();
        let tagged_text = self.check_scalar_tag(tag, text, span);
        if is_tagged && self.problems.count() > told {
            return Node { span: at, kind: NodeKind::Broken };
        }
        if style != ScalarStyle::Plain || tagged_text {
            return Node { span: at, kind: NodeKind::Text(text.to_owned()) };
        }
        if self.has_invisible(text, at) || self.has_odd_quotes(text, at) {
            return Node { span: at, kind: NodeKind::Broken };
        }
        let kind = resolve_plain(text).unwrap_or_else(|message| {
            self.problems.error_with(at, message, Some(format!("quote it if it is text: \"{text}\"")));
            NodeKind::Broken
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
