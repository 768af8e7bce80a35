use std::collections::HashMap;
use std::fmt::Display;
use std::fmt::Write as _;
use std::hash::Hash;

use super::Graph;

impl<N: Clone + Eq + Hash + Display> Graph<N> {
    /// The graph in DOT, for Graphviz. Arrows go from a node to what it depends on.
    pub fn to_dot(&self) -> String {
        let mut text = String::from("digraph {\n  rankdir = LR;\n  node [shape = box];\n");
        for node in self.nodes() {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {};", quoted(node));
        }
        for (node, dependency) in self.arrows() {
            let _ = writeln!(text, "  {} -> {};", quoted(node), quoted(dependency));
        }
        text + "}\n"
    }

    /// The graph as a Mermaid flowchart. Arrows go from a node to what it depends on.
    pub fn to_mermaid(&self) -> String {
        let mut text = String::from("flowchart LR\n");
        let names: HashMap<&N, usize> = self.nodes().enumerate().map(|(index, node)| (node, index)).collect();
        let name = |node: &N| names.get(node).copied().unwrap_or_default();
        for node in self.nodes() {
            let label = node.to_string().replace('"', "#quot;");
            let _ = writeln!(text, "  n{}[\"{label}\"]", name(node));
        }
        for (node, dependency) in self.arrows() {
            let _ = writeln!(text, "  n{} --> n{}", name(node), name(dependency));
        }
        text
    }

    fn arrows(&self) -> impl Iterator<Item = (&N, &N)> {
        self.nodes().flat_map(|node| self.dependencies(node).into_iter().map(move |dependency| (node, dependency)))
    }
}

fn quoted(node: &impl Display) -> String {
    format!("\"{}\"", node.to_string().replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph() -> Graph<&'static str> {
        Graph::build([("service", vec!["subnet[\"a\"]"]), ("subnet[\"a\"]", vec![])]).expect("no cycle")
    }

    #[test]
    fn dot_quotes_names() {
        insta::assert_snapshot!(graph().to_dot(), @r#"
        digraph {
          rankdir = LR;
          node [shape = box];
          "service";
          "subnet[\"a\"]";
          "service" -> "subnet[\"a\"]";
        }
        "#);
    }

    #[test]
    fn mermaid_numbers_its_nodes() {
        insta::assert_snapshot!(graph().to_mermaid(), @r#"
        flowchart LR
          n0["service"]
          n1["subnet[#quot;a#quot;]"]
          n0 --> n1
        "#);
    }
}
