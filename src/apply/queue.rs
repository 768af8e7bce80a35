use std::collections::BinaryHeap;

use crate::plan::Operation;

/// Which operations can start, the one with the longest path behind it first.
pub struct Queue {
    ready: BinaryHeap<Ready>,
    /// How many of its predecessors each operation still waits for.
    waiting: Vec<usize>,
    waiters: Vec<Vec<usize>>,
}

#[derive(Debug, PartialEq)]
struct Ready {
    path_seconds: f64,
    index: usize,
}

impl Eq for Ready {}

impl Ord for Ready {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        // Equal paths: in the plan's order.
        self.path_seconds.total_cmp(&other.path_seconds).then(other.index.cmp(&self.index))
    }
}

impl PartialOrd for Ready {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Queue {
    pub fn new(operations: &[Operation]) -> Self {
        let waiting: Vec<usize> = operations.iter().map(|operation| operation.after.len()).collect();
        let mut waiters = vec![Vec::new(); operations.len()];
        for (index, operation) in operations.iter().enumerate() {
            operation.after.iter().for_each(|&before| waiters[before].push(index));
        }
        let start = (0..waiting.len()).filter(|&index| waiting[index] == 0);
        let ready = start.map(|index| Ready { path_seconds: operations[index].path_seconds, index }).collect();
        Self { ready, waiting, waiters }
    }

    pub fn pop(&mut self) -> Option<usize> {
        self.ready.pop().map(|ready| ready.index)
    }

    /// An operation is done: those that waited for nothing else become ready.
    pub fn done(&mut self, index: usize, operations: &[Operation]) {
        for waiter in std::mem::take(&mut self.waiters[index]) {
            self.waiting[waiter] -= 1;
            if self.waiting[waiter] == 0 {
                self.ready.push(Ready { path_seconds: operations[waiter].path_seconds, index: waiter });
            }
        }
    }

    /// An operation failed: everything that waits for it, directly or not, never becomes ready. In the plan's order.
    pub fn failed(&mut self, index: usize) -> Vec<usize> {
        let mut lost = std::collections::BTreeSet::new();
        let mut open = vec![index];
        while let Some(index) = open.pop() {
            let waiters = std::mem::take(&mut self.waiters[index]);
            open.extend(waiters.into_iter().filter(|waiter| lost.insert(*waiter)));
        }
        lost.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::OperationKind;

    fn operation(after: &[usize], path_seconds: f64) -> Operation {
        let address = "resource".into();
        Operation { address, kind: OperationKind::Create, after: after.to_vec(), wave: 1, path_seconds }
    }

    #[test]
    fn the_longest_path_starts_first_and_waiters_follow() {
        let operations = [operation(&[], 1.0), operation(&[], 9.0), operation(&[0, 1], 1.0), operation(&[1], 8.0)];
        let mut queue = Queue::new(&operations);
        assert_eq!((queue.pop(), queue.pop(), queue.pop()), (Some(1), Some(0), None));
        queue.done(1, &operations);
        assert_eq!((queue.pop(), queue.pop()), (Some(3), None));
        queue.done(0, &operations);
        assert_eq!(queue.pop(), Some(2));
    }

    #[test]
    fn a_failure_takes_with_it_only_what_waits_for_it() {
        let operations = [operation(&[], 1.0), operation(&[0], 1.0), operation(&[1], 1.0), operation(&[], 1.0)];
        let mut queue = Queue::new(&operations);
        assert_eq!(queue.failed(0), [1, 2]);
        assert_eq!((queue.pop(), queue.pop(), queue.pop()), (Some(0), Some(3), None));
    }
}
