use std::time::Duration;

use super::names::Complaint;

/// Reads a duration such as `72h`, longer than nothing. `unit` is what a bare number most likely counts, and `example` is
/// a duration as one may write it.
pub(super) fn duration(text: &str, unit: char, example: &str) -> Result<Duration, Complaint> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        return Err((format!("`{text}` has no unit"), Some(format!("write `{text}{unit}`"))));
    }
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err((format!("`{text}` is no time at all"), Some(format!("write `{example}`")))),
        Ok(duration) => Ok(duration),
        Err(error) => Err((format!("`{text}` is no duration: {error}"), Some(format!("write `{example}`")))),
    }
}
