use serde_json::Value as Json;

use crate::plan::Shown;

/// How much of a long value a line shows, in characters.
const LONGEST: usize = 60;

/// A value on one line.
pub fn shown(shown: &Shown) -> String {
    match shown {
        Shown::Absent => "(none)".to_owned(),
        Shown::Known(json) => shortened(&plain(json)),
        Shown::Unknown(expression) => format!("{} (known after apply)", shortened(expression)),
        Shown::Secret => "(secret)".to_owned(),
        Shown::Default => "(AWS's default)".to_owned(),
    }
}

/// A text without quotes, anything else as JSON.
pub fn plain(json: &Json) -> String {
    match json {
        Json::String(text) if text.is_empty() => "\"\"".to_owned(),
        Json::String(text) => text.replace('\n', "\\n"),
        other => other.to_string(),
    }
}

/// The end of a long text says more than its middle: digests, ARNs, paths.
pub fn shortened(text: &str) -> String {
    let length = text.chars().count();
    if length <= LONGEST {
        return text.to_owned();
    }
    let head: String = text.chars().take(LONGEST / 2).collect();
    let tail: String = text.chars().skip(length - (LONGEST / 2 - 1)).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_keeps_both_ends() {
        let text = "a".repeat(50) + &"b".repeat(50);
        let short = shortened(&text);
        assert_eq!(short.chars().count(), LONGEST);
        assert!(short.starts_with("aaa") && short.ends_with("bbb"));
        assert_eq!(shortened("short"), "short");
    }
}
