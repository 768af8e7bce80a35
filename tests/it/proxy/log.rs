use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Call;
use super::identify::Identity;
use super::rule::{Action, Rule};

/// What goes through the proxy, what is to happen to it, and those who wait for something in it.
pub struct CallLog {
    entries: Mutex<Entries>,
    changed: Condvar,
    started: Instant,
}

#[derive(Default)]
struct Entries {
    calls: Vec<Call>,
    rules: Vec<Rule>,
    /// How many calls there were in all, those before a reset included.
    total: usize,
    /// How many connections there were, whence the last came, and those that are open.
    connections: usize,
    last_port: u16,
    open: BTreeSet<usize>,
    /// How many calls an emulator is working on.
    forwarded: usize,
}

/// Longer than any call of a test takes.
const PATIENCE: Duration = Duration::from_secs(60);

impl CallLog {
    pub fn new() -> Self {
        Self { entries: Mutex::default(), changed: Condvar::new(), started: Instant::now() }
    }

    pub fn calls(&self) -> Vec<Call> {
        self.entries().calls.clone()
    }

    pub fn count(&self, pattern: &str) -> usize {
        self.entries().count(pattern)
    }

    pub fn connections(&self) -> usize {
        self.entries().connections
    }

    pub fn add(&self, rule: Rule) {
        self.entries().rules.push(rule);
    }

    pub fn reset(&self) {
        let mut entries = self.entries();
        entries.calls.clear();
        entries.rules.clear();
    }

    /// A new connection's number.
    pub fn opened(&self, port: u16) -> usize {
        self.change(|entries| {
            let number = entries.connections;
            entries.connections += 1;
            entries.last_port = port;
            entries.open.insert(number);
            number
        })
    }

    pub fn closed(&self, connection: usize) {
        self.change(|entries| entries.open.remove(&connection));
    }

    /// Notes that an emulator gets a call.
    pub fn sent(&self) {
        self.change(|entries| entries.forwarded += 1);
    }

    /// Notes that an emulator is done with a call.
    pub fn answered(&self) {
        self.change(|entries| entries.forwarded -= 1);
    }

    /// A new call and what is to happen to it.
    pub fn record(&self, identity: &Identity, bytes: usize) -> (Call, Vec<Action>) {
        let started = self.started.elapsed();
        self.change(|entries| entries.enter(identity.clone(), bytes, started))
    }

    pub fn finish(&self, sequence: usize, status: Option<u16>) {
        let ended = self.started.elapsed();
        self.change(|entries| {
            // A reset while the call was under way has taken it out.
            if let Some(call) = entries.calls.iter_mut().rfind(|call| call.sequence == sequence) {
                (call.ended, call.status) = (Some(ended), status);
            }
        });
    }

    /// Waits until there were so many calls.
    pub fn await_calls(&self, pattern: &str, count: usize) {
        let came = self.wait_while(|entries| entries.count(pattern) < count);
        assert!(came, "there were no {count} calls of {pattern} within {PATIENCE:?}");
    }

    /// Waits until the connection from `last_port` is the last that was accepted, those since there were `before` are
    /// closed, and no emulator is at work.
    pub fn await_quiet(&self, last_port: u16, before: usize) {
        let quiet = self.wait_while(|entries| {
            let open = entries.open.range(before..).next().is_some();
            entries.last_port != last_port || entries.forwarded > 0 || open
        });
        assert!(quiet, "the calls of a client that is gone go on after {PATIENCE:?}");
    }

    /// False if it still is so when patience ends.
    fn wait_while(&self, condition: impl Fn(&Entries) -> bool) -> bool {
        let waiting = self.changed.wait_timeout_while(self.entries(), PATIENCE, |entries| condition(entries));
        let (_entries, waited) = waiting.unwrap_or_else(PoisonError::into_inner);
        !waited.timed_out()
    }

    /// Changes something and wakes those who wait.
    fn change<T>(&self, change: impl FnOnce(&mut Entries) -> T) -> T {
        let result = change(&mut self.entries());
        self.changed.notify_all();
        result
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn count(&self, pattern: &str) -> usize {
        self.calls.iter().filter(|call| call.matches(pattern)).count()
    }

    fn enter(&mut self, identity: Identity, bytes: usize, started: Duration) -> (Call, Vec<Action>) {
        let call = Call {
            sequence: self.total,
            service: identity.service,
            operation: identity.operation,
            region: identity.region,
            account: identity.account,
            signed: identity.signed,
            parameters: identity.parameters,
            bytes,
            started,
            ended: None,
            status: None,
        };
        self.total += 1;
        self.calls.push(call.clone());
        let actions = self.rules.iter_mut().filter_map(|rule| rule.apply(&call)).collect();
        (call, actions)
    }
}
