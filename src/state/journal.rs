use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};

use super::writer::Writer;
use super::{Change, Snapshot, StateError};

/// The way to the one task that writes a session's journal. What is sent while a write is under way goes out together
/// in the next one; a caller that stops waiting stops nothing.
pub(super) struct Journal {
    commands: mpsc::UnboundedSender<Command>,
    shared: Arc<Shared>,
}

/// What the session and its writer both see.
pub(super) struct Shared {
    /// As it is durable.
    pub snapshot: Mutex<Arc<Snapshot>>,
    /// Changes that were recorded and could not be written.
    pub unsaved: Mutex<Vec<Change>>,
}

pub(super) type Reply = oneshot::Sender<Result<(), StateError>>;

pub(super) enum Command {
    Record { changes: Vec<Change>, reply: Reply },
    Replace { snapshot: Box<Snapshot>, reply: Reply },
    Close { reply: Reply },
}

impl Journal {
    pub fn start(writer: Writer, shared: Arc<Shared>) -> Self {
        let (commands, received) = mpsc::unbounded_channel();
        tokio::spawn(writer.run(received));
        Self { commands, shared }
    }

    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.shared.snapshot.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn unsaved(&self) -> Vec<Change> {
        self.shared.unsaved.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns when the command is carried out.
    pub async fn send(&self, command: impl FnOnce(Reply) -> Command) -> Result<(), StateError> {
        let (reply, answer) = oneshot::channel();
        let closed = || StateError::Closed;
        self.commands.send(command(reply)).map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }
}

impl Shared {
    pub fn new(snapshot: Snapshot) -> Self {
        Self { snapshot: Mutex::new(Arc::new(snapshot)), unsaved: Mutex::default() }
    }
}
