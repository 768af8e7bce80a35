use std::io::{Result, Write};

use crate::secrets::Secrets;

/// One event of the log, written to stderr as a whole with the secrets in it covered: libraries log what they send.
pub struct MaskedLog {
    secrets: Secrets,
    text: Vec<u8>,
}

impl MaskedLog {
    pub fn new(secrets: Secrets) -> Self {
        Self { secrets, text: Vec::new() }
    }
}

impl Write for MaskedLog {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        let text = String::from_utf8_lossy(&self.text);
        std::io::stderr().write_all(self.secrets.mask(&text).as_bytes())?;
        self.text.clear();
        Ok(())
    }
}

impl Drop for MaskedLog {
    fn drop(&mut self) {
        // Nobody is left to tell that stderr is closed.
        let _ = self.flush();
    }
}
