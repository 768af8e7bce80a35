use tokio::sync::watch;

/// How far a run has been asked to stop. Phases only go forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShutdownPhase {
    Running,
    /// Finish what is under way, start nothing new.
    Draining,
    /// Do not wait any longer; state knows what is under way.
    Abandoning,
}

/// Tells a run to stop; clones share the phase.
#[derive(Debug, Clone)]
pub struct Shutdown {
    phase: watch::Sender<ShutdownPhase>,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self { phase: watch::Sender::new(ShutdownPhase::Running) }
    }
}

impl Shutdown {
    /// The next phase; a third request changes nothing more.
    pub fn request(&self) {
        self.phase.send_modify(|phase| {
            *phase = if *phase == ShutdownPhase::Running { ShutdownPhase::Draining } else { ShutdownPhase::Abandoning };
        });
    }

    pub fn phase(&self) -> ShutdownPhase {
        *self.phase.borrow()
    }

    /// Returns once the phase is past `phase`.
    pub async fn past(&self, phase: ShutdownPhase) {
        let mut receiver = self.phase.subscribe();
        // The sender is in `self`, so it cannot be gone.
        let _ = receiver.wait_for(|now| *now > phase).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_request_goes_one_phase_further() {
        let shutdown = Shutdown::default();
        assert_eq!(shutdown.phase(), ShutdownPhase::Running);
        shutdown.request();
        shutdown.past(ShutdownPhase::Running).await;
        assert_eq!(shutdown.phase(), ShutdownPhase::Draining);
        shutdown.clone().request();
        shutdown.past(ShutdownPhase::Draining).await;
        shutdown.request();
        assert_eq!(shutdown.phase(), ShutdownPhase::Abandoning);
    }
}
