use std::sync::mpsc;
use std::time::Duration;

use tokio::sync::watch;

use super::Call;

/// At which point of a call to stop it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// AWS has not heard of it.
    BeforeSending,
    /// AWS has done it and the caller does not know.
    BeforeAnswering,
}

/// A call that is to be stopped midway. Dropping this drops the call's connection.
pub struct Moment {
    arrivals: mpsc::Receiver<Call>,
    verdict: watch::Sender<Verdict>,
}

/// The proxy's side of a `Moment`.
#[derive(Debug, Clone)]
pub struct Stop {
    arrived: mpsc::Sender<Call>,
    verdict: watch::Receiver<Verdict>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Wait,
    GoOn,
}

/// Longer than any call of a test takes to come.
const PATIENCE: Duration = Duration::from_secs(60);

impl Moment {
    pub fn new() -> (Self, Stop) {
        let (arrived, arrivals) = mpsc::channel();
        let (sender, verdict) = watch::channel(Verdict::Wait);
        (Self { arrivals, verdict: sender }, Stop { arrived, verdict })
    }

    /// Waits until the call is there and held; the call as it stands.
    pub fn reached(&self) -> Call {
        self.arrivals.recv_timeout(PATIENCE).expect("the call that the test waits for")
    }

    /// As `reached`, for those who look after something else meanwhile: gives up after a moment.
    pub fn reached_soon(&self) -> Option<Call> {
        self.arrivals.recv_timeout(Duration::from_millis(20)).ok()
    }

    /// Lets the call go on.
    pub fn release(self) {
        self.verdict.send_replace(Verdict::GoOn);
    }
}

impl Stop {
    /// Tells the test and waits for it; false if the connection is to be dropped.
    pub async fn hold(mut self, call: Call) -> bool {
        // A test that has ended waits for nothing.
        let _ = self.arrived.send(call);
        self.verdict.wait_for(|verdict| *verdict == Verdict::GoOn).await.is_ok()
    }
}
