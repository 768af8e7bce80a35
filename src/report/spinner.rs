use std::io::IsTerminal;
use std::time::Duration;

use indicatif::ProgressBar;
use tokio::task::JoinHandle;

/// What is over sooner needs no sign of life.
const PATIENCE: Duration = Duration::from_millis(200);

/// A sign of life on stderr while something takes its time; gone once dropped. Without a terminal there is none.
pub struct Spinner {
    shown: Option<(ProgressBar, JoinHandle<()>)>,
}

impl Spinner {
    /// Needs to be called inside a tokio runtime.
    pub fn start(text: impl Into<String>) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { shown: None };
        }
        let bar = ProgressBar::new_spinner().with_message(text.into());
        let later = bar.clone();
        let waiting = tokio::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            later.enable_steady_tick(Duration::from_millis(100));
        });
        Self { shown: Some((bar, waiting)) }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some((bar, waiting)) = &self.shown {
            waiting.abort();
            bar.finish_and_clear();
        }
    }
}
