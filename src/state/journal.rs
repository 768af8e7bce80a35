use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{mpsc, oneshot};

use super::pending::Pending;
use super::writer::Writer;
use super::{Change, Snapshot, StateError};

/// The way to the one task that writes a session's journal. What is sent while a write is under way goes out together
/// in the next one; a caller that stops waiting stops nothing.
pub(super) struct Journal {
    commands: mpsc::UnboundedSender<Command>,
    pub shared: Arc<Shared>,
}

/// What the session and its writer both see. Whoever needs both locks takes that of `pending` first.
pub(super) struct Shared {
    /// As it is durable.
    snapshot: Mutex<Arc<Snapshot>>,
    pending: Mutex<Pending>,
}

pub(super) type Reply = oneshot::Sender<Result<(), StateError>>;

pub(super) enum Command {
    /// The next changes that are queued in `Pending`.
    Record {
        reply: Reply,
    },
    /// Write the stack's first state, where there is none.
    Establish {
        reply: Reply,
    },
    Replace {
        snapshot: Box<Snapshot>,
        reply: Reply,
    },
    Close {
        reply: Reply,
    },
}

impl Journal {
    pub fn start(writer: Writer, shared: Arc<Shared>) -> Self {
        let (commands, received) = mpsc::unbounded_channel();
        tokio::spawn(writer.run(received));
        Self { commands, shared }
    }

    /// Returns when the changes are durable.
    pub async fn record(&self, changes: Vec<Change>) -> Result<(), StateError> {
        let (reply, answer) = oneshot::channel();
        {
            // Under one lock, so that changes and commands have one order.
            let mut pending = self.shared.pending();
            self.commands.send(Command::Record { reply }).map_err(|_| StateError::Closed)?;
            pending.queued.push_back(changes);
        }
        answer.await.map_err(|_| StateError::Closed)?
    }

    /// Returns when the command is carried out.
    pub async fn send(&self, command: impl FnOnce(Reply) -> Command) -> Result<(), StateError> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).map_err(|_| StateError::Closed)?;
        answer.await.map_err(|_| StateError::Closed)?
    }
}

impl Shared {
    pub fn new(snapshot: Snapshot) -> Self {
        Self { snapshot: Mutex::new(Arc::new(snapshot)), pending: Mutex::default() }
    }

    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn change_snapshot(&self, change: impl FnOnce(&mut Snapshot)) {
        let mut snapshot = self.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut snapshot));
    }

    pub fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
