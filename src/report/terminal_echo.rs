use std::io::IsTerminal;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Keeps the terminal from writing `^C` into the lines of a progress display, which then could not be taken away any
/// more; writes it again once dropped.
pub struct TerminalEcho {
    before: Option<Termios>,
}

impl TerminalEcho {
    pub fn without_controls() -> Self {
        let stdin = std::io::stdin();
        let before = stdin.is_terminal().then(|| tcgetattr(&stdin).ok()).flatten();
        if let Some(mut modes) = before.clone() {
            modes.local_modes.remove(LocalModes::ECHOCTL);
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
