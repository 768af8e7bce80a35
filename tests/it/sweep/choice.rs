use sha2::{Digest, Sha256};

/// Numbers that look random and are the same in every run: each follows from the seed and from what it is for.
#[derive(Debug, Clone, Copy)]
pub struct Choice(pub u64);

impl Choice {
    /// A number below `limit`.
    pub fn below(self, limit: usize, what: &str) -> usize {
        let digest = Sha256::digest(format!("{} {what}", self.0));
        let number = digest.iter().take(6).fold(0_usize, |number, byte| number * 256 + usize::from(*byte));
        number % limit
    }
}

#[test]
fn the_same_choice_is_the_same_number() {
    let choice = Choice(7);
    assert_eq!(choice.below(1000, "a"), choice.below(1000, "a"));
    let numbers: std::collections::BTreeSet<_> = (0..100).map(|n| choice.below(1000, &n.to_string())).collect();
    assert!(numbers.len() > 80 && numbers.iter().all(|number| *number < 1000), "{numbers:?}");
}
