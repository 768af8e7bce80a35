use std::io::IsTerminal;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Keeps the terminal from writing what is typed: `^C` into the lines of a progress display, which then could not be
/// taken away any more, or a secret. It writes it again once this is dropped.
pub struct TerminalEcho {
    before: Option<Termios>,
}

impl TerminalEcho {
    /// Shows what is typed, but no control characters.
    pub fn without_controls() -> Self {
        Self::without(LocalModes::ECHOCTL)
    }

    /// Shows nothing of what is typed.
    pub fn off() -> Self {
        Self::without(LocalModes::ECHO)
    }

    fn without(mode: LocalModes) -> Self {
        let stdin = std::io::stdin();
        let before = stdin.is_terminal().then(|| tcgetattr(&stdin).ok()).flatten();
        if let Some(mut modes) = before.clone() {
            modes.local_modes.remove(mode);
            // A terminal that does not take it only looks less tidy.
            let _ = tcsetattr(&stdin, OptionalActions::Now, &modes);
        }
        Self { before }
    }
}

impl Drop for TerminalEcho {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, before);
        }
    }
}
