use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::hash::Hash;

use petgraph::Direction;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::{Cycle, Cycles};
use crate::address::Address;

/// A graph of dependencies without cycles. An edge goes from a node to what it depends on. Nodes keep the order in which
/// they were given, and everything that is listed comes in that order as far as dependencies allow.
#[derive(Debug, Clone)]
pub struct Graph<N = Address> {
    edges: DiGraph<N, ()>,
    indexes: HashMap<N, NodeIndex>,
    /// Dependencies first.
    order: Vec<N>,
}

impl<N> Default for Graph<N> {
    fn default() -> Self {
        Self { edges: DiGraph::new(), indexes: HashMap::new(), order: Vec::new() }
    }
}

impl<N: Clone + Eq + Hash> Graph<N> {
    /// Builds a graph of nodes, each with what it depends on. A dependency that is no node itself is not part of the
    /// graph and is left out.
    ///
    /// # Errors
    /// The cycles, one of each group of nodes that depend on each other.
    pub fn build<D>(nodes: impl IntoIterator<Item = (N, D)>) -> Result<Self, Cycles<N>>
    where
        D: IntoIterator<Item = N>,
    {
        let mut edges = DiGraph::new();
        let mut indexes = HashMap::new();
        let mut wanted = Vec::new();
        for (node, dependencies) in nodes {
            let index = edges.add_node(node.clone());
            indexes.insert(node, index);
            wanted.push((index, dependencies));
        }
        let mut seen = HashSet::new();
        for (from, dependencies) in wanted {
            for dependency in dependencies {
                if let Some(to) = indexes.get(&dependency).filter(|to| seen.insert((from, **to))) {
                    edges.add_edge(from, *to, ());
                }
            }
        }
        let mut graph = Self { edges, indexes, order: Vec::new() };
        graph.order = graph.sorted().into_iter().filter_map(|index| graph.edges.node_weight(index).cloned()).collect();
        if graph.order.len() == graph.edges.node_count() { Ok(graph) } else { Err(graph.cycles()) }
    }

    pub fn len(&self) -> usize {
        self.edges.node_count()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn contains(&self, node: &N) -> bool {
        self.indexes.contains_key(node)
    }

    /// The nodes in the order in which they were given.
    pub fn nodes(&self) -> impl Iterator<Item = &N> {
        self.edges.node_weights()
    }

    /// All nodes, each after everything that it depends on.
    pub fn order(&self) -> &[N] {
        &self.order
    }

    /// What a node depends on directly.
    pub fn dependencies(&self, node: &N) -> Vec<&N> {
        self.neighbours(node, Direction::Outgoing)
    }

    /// The nodes that depend on a node directly.
    pub fn dependents(&self, node: &N) -> Vec<&N> {
        self.neighbours(node, Direction::Incoming)
    }

    /// Everything that `nodes` depend on, directly or not, and the nodes themselves.
    pub fn with_dependencies<'a>(&self, nodes: impl IntoIterator<Item = &'a N>) -> HashSet<&N>
    where
        N: 'a,
    {
        self.reach(nodes, Direction::Outgoing)
    }

    /// Everything that depends on `nodes`, directly or not, and the nodes themselves.
    pub fn with_dependents<'a>(&self, nodes: impl IntoIterator<Item = &'a N>) -> HashSet<&N>
    where
        N: 'a,
    {
        self.reach(nodes, Direction::Incoming)
    }

    /// The topological layers: a node stands in the first layer after all that it depends on.
    pub fn waves(&self) -> Vec<Vec<N>> {
        let mut waves: Vec<Vec<NodeIndex>> = Vec::new();
        let mut layer = vec![0_usize; self.edges.node_count()];
        for index in self.order.iter().filter_map(|node| self.indexes.get(node)) {
            let before = self.edges.neighbors_directed(*index, Direction::Outgoing).map(|to| layer[to.index()] + 1);
            let own = before.max().unwrap_or_default();
            layer[index.index()] = own;
            if waves.len() <= own {
                waves.resize_with(own + 1, Vec::new);
            }
            waves[own].push(*index);
        }
        waves.iter_mut().for_each(|wave| wave.sort());
        let nodes =
            |wave: &Vec<NodeIndex>| wave.iter().filter_map(|index| self.edges.node_weight(*index).cloned()).collect();
        waves.iter().map(nodes).collect()
    }

    fn neighbours(&self, node: &N, direction: Direction) -> Vec<&N> {
        let Some(index) = self.indexes.get(node) else { return Vec::new() };
        let mut neighbours: Vec<_> = self.edges.neighbors_directed(*index, direction).collect();
        neighbours.sort();
        neighbours.into_iter().filter_map(|index| self.edges.node_weight(index)).collect()
    }

    fn reach<'a>(&self, nodes: impl IntoIterator<Item = &'a N>, direction: Direction) -> HashSet<&N>
    where
        N: 'a,
    {
        let mut open: Vec<NodeIndex> = nodes.into_iter().filter_map(|node| self.indexes.get(node).copied()).collect();
        let mut seen: HashSet<NodeIndex> = open.iter().copied().collect();
        while let Some(index) = open.pop() {
            open.extend(self.edges.neighbors_directed(index, direction).filter(|next| seen.insert(*next)));
        }
        seen.into_iter().filter_map(|index| self.edges.node_weight(index)).collect()
    }

    /// Kahn's algorithm that always takes the earliest node that is free. Nodes of cycles, and what depends on them, are
    /// missing from the result.
    fn sorted(&self) -> Vec<NodeIndex> {
        let missing = |index| self.edges.neighbors_directed(index, Direction::Outgoing).count();
        let mut open: Vec<usize> = self.edges.node_indices().map(missing).collect();
        let free = self.edges.node_indices().filter(|index| open[index.index()] == 0);
        let mut free: BinaryHeap<Reverse<NodeIndex>> = free.map(Reverse).collect();
        let mut order = Vec::with_capacity(open.len());
        while let Some(Reverse(index)) = free.pop() {
            order.push(index);
            for dependent in self.edges.neighbors_directed(index, Direction::Incoming) {
                open[dependent.index()] -= 1;
                if open[dependent.index()] == 0 {
                    free.push(Reverse(dependent));
                }
            }
        }
        order
    }

    fn cycles(&self) -> Cycles<N> {
        let groups = tarjan_scc(&self.edges).into_iter();
        let mut cycles: Vec<Vec<NodeIndex>> = groups.filter_map(|group| self.shortest_cycle(&group)).collect();
        cycles.sort();
        let named = |cycle: Vec<NodeIndex>| {
            Cycle(cycle.into_iter().filter_map(|index| self.edges.node_weight(index).cloned()).collect())
        };
        Cycles(cycles.into_iter().map(named).collect())
    }

    /// The shortest way from a group's first node back to it; `None` if the group is one node that is on no cycle.
    fn shortest_cycle(&self, group: &[NodeIndex]) -> Option<Vec<NodeIndex>> {
        let start = *group.iter().min()?;
        let group: HashSet<NodeIndex> = group.iter().copied().collect();
        let mut from: HashMap<NodeIndex, NodeIndex> = HashMap::new();
        let mut open = VecDeque::from([start]);
        while let Some(index) = open.pop_front() {
            for next in self.edges.neighbors_directed(index, Direction::Outgoing) {
                if next == start {
                    let mut path = vec![index];
                    while let Some(previous) = path.last().and_then(|last| from.get(last)) {
                        path.push(*previous);
                    }
                    path.reverse();
                    return Some(path);
                }
                if group.contains(&next) && !from.contains_key(&next) {
                    from.insert(next, index);
                    open.push_back(next);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(nodes: &[(&'static str, &[&'static str])]) -> Result<Graph<&'static str>, Cycles<&'static str>> {
        Graph::build(nodes.iter().map(|(node, dependencies)| (*node, dependencies.iter().copied())))
    }

    fn diamond() -> Graph<&'static str> {
        graph(&[
            ("service", &["role", "queue", "vpc"]),
            ("queue", &["key"]),
            ("role", &["queue"]),
            ("key", &[]),
            ("vpc", &[]),
        ])
        .expect("no cycle")
    }

    #[test]
    fn the_order_puts_dependencies_first_and_keeps_the_files_order_otherwise() {
        assert_eq!(diamond().order(), ["key", "queue", "role", "vpc", "service"]);
        let free = graph(&[("c", &[]), ("a", &[]), ("b", &[])]).expect("no cycle");
        assert_eq!(free.order(), ["c", "a", "b"]);
    }

    #[test]
    fn waves_are_the_topological_layers() {
        assert_eq!(diamond().waves(), [vec!["key", "vpc"], vec!["queue"], vec!["role"], vec!["service"]]);
        assert!(graph(&[]).expect("no cycle").waves().is_empty());
    }

    #[test]
    fn neighbours_and_reach_follow_both_directions() {
        let graph = diamond();
        assert_eq!(graph.dependencies(&"service"), [&"queue", &"role", &"vpc"]);
        assert_eq!(graph.dependents(&"queue"), [&"service", &"role"]);
        assert_eq!(graph.with_dependencies([&"role"]), HashSet::from([&"role", &"queue", &"key"]));
        assert_eq!(graph.with_dependents([&"vpc"]), HashSet::from([&"vpc", &"service"]));
        assert!(graph.dependencies(&"stranger").is_empty());
    }

    #[test]
    fn dependencies_outside_the_graph_and_doubled_ones_do_not_count() {
        let graph = graph(&[("a", &["b", "b", "elsewhere"]), ("b", &[])]).expect("no cycle");
        assert_eq!(graph.dependencies(&"a"), [&"b"]);
    }

    #[test]
    fn a_cycle_is_reported_by_its_shortest_path_and_each_group_once() {
        let cycles = graph(&[("free", &["a"]), ("a", &["b", "c"]), ("b", &["c"]), ("c", &["a"]), ("self", &["self"])])
            .expect_err("cycles");
        assert_eq!(cycles.to_string(), "a -> c -> a; self -> self");
        let edges: Vec<_> = cycles.0[0].edges().collect();
        assert_eq!(edges, [(&"a", &"c"), (&"c", &"a")]);
    }

    #[test]
    fn a_long_chain_is_sorted_without_recursion() {
        let chain = (0..100_000_u32).map(|node| (node, (node > 0).then(|| node - 1)));
        let graph = Graph::build(chain).expect("no cycle");
        assert_eq!(graph.waves().len(), 100_000);
    }
}
