use std::collections::{BTreeMap, BinaryHeap};

use crate::plan::Operation;
use crate::resources::CallBudget;

/// Which operations can start, the one with the longest path behind it first, as long as its service takes more of them.
pub struct Queue {
    /// By service.
    lanes: BTreeMap<String, Lane>,
    /// The service of each operation.
    services: Vec<String>,
    /// How many of its predecessors each operation still waits for.
    waiting: Vec<usize>,
    waiters: Vec<Vec<usize>>,
}

/// The operations of one service.
struct Lane {
    ready: BinaryHeap<Ready>,
    under_way: usize,
    most: usize,
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
    /// `services` has the service of each operation, `SQS`.
    pub fn new(operations: &[Operation], services: Vec<String>) -> Self {
        let waiting: Vec<usize> = operations.iter().map(|operation| operation.after.len()).collect();
        let mut waiters = vec![Vec::new(); operations.len()];
        for (index, operation) in operations.iter().enumerate() {
            operation.after.iter().for_each(|&before| waiters[before].push(index));
        }
        let lane = |service: &String| (service.clone(), Lane::of(service));
        let lanes = services.iter().map(lane).collect();
        let mut queue = Self { lanes, services, waiting, waiters };
        let start: Vec<usize> = (0..queue.waiting.len()).filter(|&index| queue.waiting[index] == 0).collect();
        start.into_iter().for_each(|index| queue.push(index, operations));
        queue
    }

    /// Starts an operation; `None` where none can start now.
    pub fn pop(&mut self) -> Option<usize> {
        let free = self.lanes.values_mut().filter(|lane| lane.under_way < lane.most);
        let lane = free.max_by(|one, other| one.ready.peek().cmp(&other.ready.peek()))?;
        let ready = lane.ready.pop()?;
        lane.under_way += 1;
        Some(ready.index)
    }

    fn push(&mut self, index: usize, operations: &[Operation]) {
        let ready = Ready { path_seconds: operations[index].path_seconds, index };
        if let Some(lane) = self.lanes.get_mut(&self.services[index]) {
            lane.ready.push(ready);
        }
    }

    /// An operation has ended, however.
    fn ended(&mut self, index: usize) {
        if let Some(lane) = self.lanes.get_mut(&self.services[index]) {
            lane.under_way -= 1;
        }
    }

    /// An operation is done: those that waited for nothing else become ready.
    pub fn done(&mut self, index: usize, operations: &[Operation]) {
        self.ended(index);
        for waiter in std::mem::take(&mut self.waiters[index]) {
            self.waiting[waiter] -= 1;
            if self.waiting[waiter] == 0 {
                self.push(waiter, operations);
            }
        }
    }

    /// An operation failed: everything that waits for it, directly or not, never becomes ready. In the plan's order.
    pub fn failed(&mut self, index: usize) -> Vec<usize> {
        self.ended(index);
        let mut lost = std::collections::BTreeSet::new();
        let mut open = vec![index];
        while let Some(index) = open.pop() {
            let waiters = std::mem::take(&mut self.waiters[index]);
            open.extend(waiters.into_iter().filter(|waiter| lost.insert(*waiter)));
        }
        lost.into_iter().collect()
    }
}

impl Lane {
    fn of(service: &str) -> Self {
        Self { ready: BinaryHeap::new(), under_way: 0, most: CallBudget::of_service(service).writes }
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

    fn of(service: &str, count: usize) -> Vec<String> {
        vec![service.to_owned(); count]
    }

    #[test]
    fn a_service_gets_no_more_at_once_than_it_takes_and_the_others_go_on() {
        let most = CallBudget::of_service("Route53").writes;
        let operations: Vec<Operation> = (0..=most).map(|_| operation(&[], 9.0)).chain([operation(&[], 1.0)]).collect();
        let services = [of("Route53", most + 1), of("SQS", 1)].concat();
        let mut queue = Queue::new(&operations, services);
        let started: Vec<usize> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(started, (0..most).chain([most + 1]).collect::<Vec<_>>());
        queue.done(0, &operations);
        assert_eq!(queue.pop(), Some(most));
    }

    #[test]
    fn the_longest_path_starts_first_and_waiters_follow() {
        let operations = [operation(&[], 1.0), operation(&[], 9.0), operation(&[0, 1], 1.0), operation(&[1], 8.0)];
        let mut queue = Queue::new(&operations, of("SQS", 4));
        assert_eq!((queue.pop(), queue.pop(), queue.pop()), (Some(1), Some(0), None));
        queue.done(1, &operations);
        assert_eq!((queue.pop(), queue.pop()), (Some(3), None));
        queue.done(0, &operations);
        assert_eq!(queue.pop(), Some(2));
    }

    #[test]
    fn a_failure_takes_with_it_only_what_waits_for_it() {
        let operations = [operation(&[], 1.0), operation(&[0], 1.0), operation(&[1], 1.0), operation(&[], 1.0)];
        let mut queue = Queue::new(&operations, of("SQS", 4));
        assert_eq!((queue.pop(), queue.pop(), queue.pop()), (Some(0), Some(3), None));
        assert_eq!(queue.failed(0), [1, 2]);
        assert_eq!(queue.pop(), None);
    }
}
