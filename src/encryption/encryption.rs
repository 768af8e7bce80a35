use super::EncryptionKey;

/// How a stack's secret values are encrypted, as its file says under `encryption`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encryption {
    /// What everything is encrypted with from now on.
    pub present: EncryptionKey,
    /// What some values may still be encrypted with: they open, and are encrypted anew.
    pub former: Vec<EncryptionKey>,
}

impl Encryption {
    /// The same with all keys of another one as former ones.
    #[must_use]
    pub fn after(mut self, earlier: Self) -> Self {
        for key in [earlier.present].into_iter().chain(earlier.former) {
            if key != self.present && !self.former.contains(&key) {
                self.former.push(key);
            }
        }
        self
    }

    /// True if it names the key, which is given as it is written there.
    pub fn names(&self, key: &str) -> bool {
        [&self.present].into_iter().chain(&self.former).any(|known| known.to_string() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(variable: &str) -> EncryptionKey {
        EncryptionKey::Passphrase { variable: variable.to_owned() }
    }

    #[test]
    fn what_came_before_opens_what_it_sealed() {
        let today = Encryption { present: key("NEW"), former: vec![key("OLD")] };
        let earlier = Encryption { present: key("OLD"), former: vec![key("OLDEST"), key("NEW")] };
        let both = today.after(earlier);
        assert_eq!(both, Encryption { present: key("NEW"), former: vec![key("OLD"), key("OLDEST")] });
        assert!(both.names("passphrase_env: OLDEST") && !both.names("kms: OLDEST"));
    }
}
