/// The candidate that a mistyped `name` most likely means: equal but for case, or within a third of its letters. Of a name
/// of one or two letters nothing else can be told, unless the candidate is longer.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let third = name.chars().count() / 3;
    let scored = candidates.into_iter().filter_map(|candidate| {
        let distance = strsim::osa_distance(&wanted, &candidate.to_lowercase());
        let longest = third.max(usize::from(candidate.chars().count() >= 3));
        (distance <= longest && candidate != name).then_some((distance, candidate))
    });
    scored.min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

/// The nearest candidate as a suggestion, "did you mean `properties`?".
pub(crate) fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(name, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_a_stranger_finds_none() {
        assert_eq!(nearest("propertys", ["type", "properties", "protect"]), Some("properties"));
        assert_eq!(nearest("fifoqueue", ["FifoQueue", "QueueName"]), Some("FifoQueue"));
        assert_eq!(nearest("tpye", ["type", "protect"]), Some("type"));
        assert_eq!(nearest("weather", ["type", "protect"]), None);
        assert_eq!(nearest("b", ["a", "r"]), None);
        assert_eq!(nearest("zz", ["r", "az"]), None);
        assert_eq!(nearest("DB", ["db", "dc"]), Some("db"));
        assert_eq!(nearest("dp", ["dlp"]), Some("dlp"));
    }
}
