use indexmap::IndexMap;

use super::node::{Additional, Node};
use super::property_path::PathSegment;

/// A type's named schemas, and the way through them.
#[derive(Debug)]
pub(super) struct Lookup {
    pub(super) root: Node,
    pub(super) definitions: IndexMap<String, Node>,
}

/// References and alternatives nest at most so deep; deeper is a circle.
const DEEPEST: usize = 16;

impl Lookup {
    /// The schema that a node refers to.
    pub(super) fn referred(&self, node: &Node) -> Option<&Node> {
        let reference = node.reference.as_deref()?;
        match reference.strip_prefix("#/definitions/") {
            Some(name) => self.definitions.get(name),
            None => self.root.properties.get(reference.strip_prefix("#/properties/")?),
        }
    }

    /// The node with all that holds for the same value: what it refers to, and its alternatives.
    pub(super) fn facets<'a>(&'a self, node: &'a Node) -> Vec<&'a Node> {
        let mut facets = Vec::new();
        self.collect(node, 0, &mut facets);
        facets
    }

    fn collect<'a>(&'a self, node: &'a Node, depth: usize, facets: &mut Vec<&'a Node>) {
        if depth > DEEPEST {
            return;
        }
        facets.push(node);
        let alternatives = node.all_of.iter().chain(&node.any_of).chain(&node.one_of);
        for inner in self.referred(node).into_iter().chain(alternatives) {
            self.collect(inner, depth + 1, facets);
        }
    }

    /// What holds for the value at a path, all alternatives included; empty where the schema says nothing.
    pub(super) fn at<'a>(&'a self, segments: &[PathSegment]) -> Vec<&'a Node> {
        let mut found = self.facets(&self.root);
        for segment in segments {
            let inner = found.iter().flat_map(|node| node.inner(segment));
            found = inner.flat_map(|node| self.facets(node)).collect();
        }
        found
    }

    /// True if a map of this schema may hold the name, in one of its alternatives at least.
    pub(super) fn knows(&self, node: &Node, name: &str) -> bool {
        self.knows_within(node, name, 0)
    }

    fn knows_within(&self, node: &Node, name: &str, depth: usize) -> bool {
        let alternatives = node.all_of.iter().chain(&node.any_of).chain(&node.one_of);
        depth <= DEEPEST
            && (node.properties.contains_key(name)
                || node.pattern_properties.iter().any(|(pattern, _)| pattern.accepts(name))
                || self.referred(node).into_iter().chain(alternatives).any(|n| self.knows_within(n, name, depth + 1)))
    }

    /// The names that a map of this schema may hold, those of all alternatives.
    pub(super) fn names<'a>(&'a self, node: &'a Node) -> Vec<&'a str> {
        self.facets(node).into_iter().flat_map(|facet| facet.properties.keys().map(String::as_str)).collect()
    }
}

impl Node {
    /// The schemas one step further in.
    pub(super) fn inner<'a>(&'a self, segment: &PathSegment) -> Vec<&'a Node> {
        match segment {
            PathSegment::Key(name) => self.entry(name).into_iter().collect(),
            PathSegment::Index(index) => self.item(*index).into_iter().collect(),
            PathSegment::Any => {
                let entries = self.pattern_properties.iter().map(|(_, node)| node);
                self.item(self.prefix_items.len()).into_iter().chain(entries).chain(self.additional()).collect()
            }
        }
    }

    /// The schema of a map's entry.
    pub(super) fn entry(&self, name: &str) -> Option<&Node> {
        let by_pattern = || self.pattern_properties.iter().find(|(pattern, _)| pattern.accepts(name));
        self.properties.get(name).or_else(|| by_pattern().map(|(_, node)| node)).or_else(|| self.additional())
    }

    /// The schema of a list's item.
    pub(super) fn item(&self, index: usize) -> Option<&Node> {
        self.prefix_items.get(index).or(self.items.as_deref())
    }

    fn additional(&self) -> Option<&Node> {
        match &self.additional_properties {
            Additional::Shaped(node) => Some(node),
            _ => None,
        }
    }
}

#[cfg(test)]
impl Lookup {
    /// Every schema of the type, each once.
    pub(super) fn every_node(&self) -> Vec<&Node> {
        let mut todo: Vec<&Node> = self.definitions.values().chain([&self.root]).collect();
        let mut nodes = Vec::new();
        while let Some(node) = todo.pop() {
            nodes.push(node);
            todo.extend(node.properties.values().chain(node.pattern_properties.iter().map(|(_, entry)| entry)));
            todo.extend(node.items.as_deref().into_iter().chain(&node.prefix_items).chain(node.additional()));
            todo.extend(node.all_of.iter().chain(&node.any_of).chain(&node.one_of));
        }
        nodes
    }
}
