use std::time::{Duration, Instant};

use super::moment::Stop;
use super::{Call, Hold, Moment, Proxy};

/// What is to happen to some calls.
#[derive(Debug, Clone)]
pub struct Rule {
    pattern: String,
    /// A part of the key, or a file's name at its end, where only calls for some keys are meant.
    key: String,
    /// How many matching calls to let pass first, and how many to act on after that.
    skip: usize,
    take: usize,
    seen: usize,
    /// When nothing happens to them any more.
    end: Option<Instant>,
    action: Action,
}

#[derive(Debug, Clone)]
pub enum Action {
    Delay(Duration),
    Fail { status: u16, code: String, message: String },
    Throttle,
    Late(Duration),
    Rewrite { from: String, to: String },
    Hide(String),
    ForgetConditions,
    Silence(Hold),
    Drop(Hold),
    Hold(Hold, Stop),
}

impl Rule {
    /// Counts the call and gives the action if it is this one's turn.
    pub fn apply(&mut self, call: &Call) -> Option<Action> {
        let is_over = self.end.is_some_and(|end| Instant::now() >= end);
        if is_over || !call.matches(&self.pattern) || !is_of(call.parameter("Key"), &self.key) {
            return None;
        }
        let place = self.seen;
        self.seen += 1;
        (place >= self.skip && place - self.skip < self.take).then(|| self.action.clone())
    }
}

/// True if a key has this part; a file's name is its end, and not that of what lies beside the file.
pub fn is_of(key: &str, part: &str) -> bool {
    if part.ends_with(".json") { key.ends_with(part) } else { key.contains(part) }
}

/// A choice of calls; the methods that end it say what happens to them.
#[must_use]
pub struct On<'a> {
    proxy: &'a Proxy,
    pattern: String,
    key: String,
    skip: usize,
    take: usize,
    end: Option<Instant>,
}

impl<'a> On<'a> {
    pub fn new(proxy: &'a Proxy, pattern: &str) -> Self {
        Self { proxy, pattern: pattern.to_owned(), key: String::new(), skip: 0, take: usize::MAX, end: None }
    }

    /// Only those of S3 objects whose key has this part, or ends in this file's name.
    pub fn key(self, part: &str) -> Self {
        Self { key: part.to_owned(), ..self }
    }

    /// Only the `k`-th of them from now on, counted from 1.
    pub fn nth(self, k: usize) -> Self {
        Self { skip: k - 1, take: 1, ..self }
    }

    /// Only the next `count` of them; after `from`, that many from there.
    pub fn times(self, count: usize) -> Self {
        Self { take: count, ..self }
    }

    /// The `k`-th of them from now on, counted from 1, and all after it.
    pub fn from(self, k: usize) -> Self {
        Self { skip: k - 1, ..self }
    }

    /// Only those that come before.
    pub fn until(self, end: Instant) -> Self {
        Self { end: Some(end), ..self }
    }

    /// They take this much longer.
    pub fn delay(self, by: Duration) {
        self.add(Action::Delay(by));
    }

    /// They fail with this HTTP status and AWS error code, in the service's own protocol, and AWS never hears of them.
    pub fn fail(self, status: u16, code: &str, message: &str) {
        self.add(Action::Fail { status, code: code.to_owned(), message: message.to_owned() });
    }

    /// They are refused as too many, with the service's own code.
    pub fn throttle(self) {
        self.add(Action::Throttle);
    }

    /// AWS does them at once, and its answers come this much later.
    pub fn answer_late(self, by: Duration) {
        self.add(Action::Late(by));
    }

    /// Their answers have another text in the place of one: what AWS says in a state that emulators pass through at once.
    pub fn rewrite(self, from: &str, to: &str) {
        self.add(Action::Rewrite { from: from.to_owned(), to: to.to_owned() });
    }

    /// Their answers have an empty XML element in the place of the one of this name: what AWS says while a new object does
    /// not show yet.
    pub fn hide(self, element: &str) {
        self.add(Action::Hide(element.to_owned()));
    }

    /// They are done whether the request's conditions hold or not: what a store does that does not know `If-Match`.
    pub fn forget_conditions(self) {
        self.add(Action::ForgetConditions);
    }

    /// No answer ever comes, and the connection stays open until the client gives it up.
    pub fn never_answer(self, at: Hold) {
        self.add(Action::Silence(at));
    }

    /// The connection breaks.
    pub fn drop_connection(self, at: Hold) {
        self.add(Action::Drop(at));
    }

    /// The next of them stops midway until the test lets it go on.
    pub fn hold(mut self, at: Hold) -> Moment {
        let (moment, stop) = Moment::new();
        self.take = 1;
        self.add(Action::Hold(at, stop));
        moment
    }

    fn add(self, action: Action) {
        self.proxy.add(Rule {
            pattern: self.pattern,
            key: self.key,
            skip: self.skip,
            take: self.take,
            seen: 0,
            end: self.end,
            action,
        });
    }
}
