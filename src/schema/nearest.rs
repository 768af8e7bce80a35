//! The nearest name to one that is wrong.

/// Lower case without what separates words: `fifo_queue` and `FifoQueue` are the same.
pub(super) fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The candidate that was most likely meant; `None` if none is near.
pub(super) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = folded(name);
    // A third of the letters may be wrong, or the name is another one.
    let third = wanted.chars().count() / 3;
    let rated = candidates.into_iter().filter_map(|candidate| {
        let folded = folded(candidate);
        // Of one or two letters nothing can be told but their case.
        let most = third.max(usize::from(folded.chars().count() >= 3));
        // `Queue` for `QueueName` is far in letters and near in sense.
        let part = wanted.len() >= 4 && (folded.starts_with(&wanted) || folded.ends_with(&wanted));
        let distance = strsim::osa_distance(&wanted, &folded);
        let rank = if part { distance.min(most) } else { distance };
        (rank <= most).then_some((rank, distance, candidate))
    });
    // Of equals the first.
    rated.min_by_key(|(rank, distance, _)| (*rank, *distance)).map(|(.., candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn letters_words_and_cases_may_differ() {
        let names = ["FifoQueue", "QueueName", "Tags", "VisibilityTimeout"];
        assert_eq!(nearest("FifoQueu", names), Some("FifoQueue"));
        assert_eq!(nearest("fifo_queue", names), Some("FifoQueue"));
        assert_eq!(nearest("Visibility", names), Some("VisibilityTimeout"));
        assert_eq!(nearest("Tag", names), Some("Tags"));
        assert_eq!(nearest("Encryption", names), None);
    }
}
