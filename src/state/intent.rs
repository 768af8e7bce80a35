use jiff::{SignedDuration, Timestamp};

use crate::address::Address;

/// A create whose outcome nobody knows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Intent {
    /// When it became durable, by the clock of the machine that ran; `None` for one of a version that did not tell.
    pub since: Option<Timestamp>,
    /// The address that the object's tags name, where the resource was given another since.
    pub address: Option<Address>,
}

impl Intent {
    /// The same for a resource that moves from this address: the object has the tags of the address it was made at.
    pub fn moved_from(self, address: &Address) -> Self {
        Self { address: Some(self.address.unwrap_or_else(|| address.clone())), ..self }
    }

    /// How long ago that was. Another machine's clock may be ahead: then not at all.
    pub fn age(&self) -> Option<SignedDuration> {
        self.since.map(|since| Timestamp::now().duration_since(since).max(SignedDuration::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intent_keeps_the_first_address_it_was_sent_with() {
        let moved = Intent::default().moved_from(&"a".into()).moved_from(&"b".into());
        assert_eq!(moved.address, Some("a".into()));
    }

    #[test]
    fn an_intent_of_a_clock_that_is_ahead_is_young() {
        let since = Timestamp::now().checked_add(SignedDuration::from_hours(1)).ok();
        assert_eq!(Intent { since, address: None }.age(), Some(SignedDuration::ZERO));
        assert_eq!(Intent::default().age(), None);
    }
}
