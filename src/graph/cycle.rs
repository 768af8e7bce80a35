use std::fmt;

use crate::stack::Diagnostics;

/// Nodes that depend on each other in a circle: each on the next, and the last on the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle<N>(pub Vec<N>);

/// All cycles that had to be found for a graph to be refused: one of each group of nodes that depend on each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycles<N>(pub Vec<Cycle<N>>);

/// A stack whose resources depend on each other in a circle: each cycle with the line of every reference in it.
#[derive(Debug, Clone, thiserror::Error)]
#[error(transparent)]
pub struct CycleError(pub Diagnostics);

impl<N> Cycle<N> {
    /// Each node with the one that it depends on.
    pub fn edges(&self) -> impl Iterator<Item = (&N, &N)> {
        let next = self.0.iter().cycle().skip(1);
        self.0.iter().zip(next)
    }
}

impl<N: fmt::Display> fmt::Display for Cycle<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for node in &self.0 {
            write!(formatter, "{node} -> ")?;
        }
        match self.0.first() {
            Some(first) => write!(formatter, "{first}"),
            None => Ok(()),
        }
    }
}

impl<N: fmt::Display> fmt::Display for Cycles<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cycles: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        formatter.write_str(&cycles.join("; "))
    }
}

impl<N: fmt::Display + fmt::Debug> std::error::Error for Cycles<N> {}
