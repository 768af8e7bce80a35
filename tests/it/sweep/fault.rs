use std::fmt;
use std::time::Duration;

use super::choice::Choice;
use super::place::Place;
use crate::proxy::{Hold, Proxy};

/// Something that goes wrong with calls, whatever the calls are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Throttled,
    /// HTTP 500, and AWS has done nothing.
    Broken,
    DroppedBefore,
    DroppedAfter,
    SilentBefore,
    SilentAfter,
    /// The answer comes when the client has given up.
    Late,
    /// From here on the state's bucket takes nothing more.
    StateRefused,
    /// The state's bucket is not there for some writes, as in a short outage.
    StateBroken,
}

/// How long clients wait for an answer under faults: longer than an emulator takes, and no more than needed.
pub const CALL_TIMEOUT: &str = "3s";

/// How many writes a short outage lasts.
const OUTAGE: usize = 3;

const LATE: Duration = Duration::from_millis(4500);

const OF_CALLS: [Fault; 7] = [
    Fault::Throttled,
    Fault::Broken,
    Fault::DroppedBefore,
    Fault::DroppedAfter,
    Fault::SilentBefore,
    Fault::SilentAfter,
    Fault::Late,
];

/// A fault at the `call`-th call and some after it.
#[derive(Debug, Clone, Copy)]
pub struct Strike {
    fault: Fault,
    call: usize,
    times: usize,
}

impl Strike {
    /// What strikes a run of about so many calls. Of the state's writes there are fewer, and nothing but faults of the
    /// state strikes them for good.
    pub fn chosen(choice: Choice, what: &str, calls: usize, place: Place) -> Self {
        let pick = |limit, of: &str| choice.below(limit, &format!("{what} {of}"));
        let kinds = OF_CALLS.len() + if place == Place::Bucket { 2 } else { 0 };
        let fault = OF_CALLS.get(pick(kinds, "fault")).copied();
        let fault = fault.unwrap_or(if pick(2, "state") == 0 { Fault::StateRefused } else { Fault::StateBroken });
        Self { fault, call: 1 + pick(calls, "call"), times: 1 + pick(3, "times") }
    }

    pub fn set(self, proxy: &Proxy) {
        let calls = || proxy.on("*").from(self.call).times(self.times);
        // A journal is a handful of writes.
        let writes = || proxy.on("s3:PutObject").from(1 + self.call % 25);
        match self.fault {
            Fault::Throttled => calls().throttle(),
            Fault::Broken => calls().fail(500, "InternalFailure", "try again"),
            Fault::DroppedBefore => calls().drop_connection(Hold::BeforeSending),
            Fault::DroppedAfter => calls().drop_connection(Hold::BeforeAnswering),
            Fault::SilentBefore => calls().never_answer(Hold::BeforeSending),
            Fault::SilentAfter => calls().never_answer(Hold::BeforeAnswering),
            Fault::Late => calls().answer_late(LATE),
            Fault::StateRefused => writes().fail(403, "AccessDenied", "not any more"),
            Fault::StateBroken => writes().times(OUTAGE).fail(503, "ServiceUnavailable", "not now"),
        }
    }

    pub fn fault(self) -> Fault {
        self.fault
    }
}

impl fmt::Display for Strike {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fault, call, times } = self;
        write!(formatter, "{fault:?} at {call} × {times}")
    }
}
