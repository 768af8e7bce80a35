use serde_json::Number;

use super::NodeKind;
use crate::value::Numeral;

/// What an unquoted scalar means in YAML 1.2's core schema (chapter 10.3.2): `no`, `on` and `yes` are text, and `010`
/// is ten.
///
/// # Errors
/// What it is that JSON has no form for: an infinite number, or one too large for 64 bits.
pub(crate) fn resolve_plain(text: &str) -> Result<NodeKind, &'static str> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => NodeKind::Null,
        "true" | "True" | "TRUE" => NodeKind::Bool(true),
        "false" | "False" | "FALSE" => NodeKind::Bool(false),
        _ => match number(text)? {
            Some(number) => NodeKind::Number(Numeral::written(number, text)),
            None => NodeKind::Text(text.to_owned()),
        },
    })
}

fn number(text: &str) -> Result<Option<Number>, &'static str> {
    let starts_number = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.');
    if !text.bytes().next().is_some_and(starts_number) {
        return Ok(None);
    }
    if let Some(radix) = radix_number(text) {
        return radix.map(Some);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.bytes().all(|byte| byte.is_ascii_digit()) && !unsigned.is_empty() {
        return whole(text).map(Some);
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err("a number must be finite");
    }
    if !is_float(unsigned) {
        return Ok(None);
    }
    let float = text.parse::<f64>().ok().and_then(Number::from_f64);
    float.map(Some).ok_or("a number must be finite")
}

fn whole(text: &str) -> Result<Number, &'static str> {
    let text = text.strip_prefix('+').unwrap_or(text);
    text.parse::<i64>().map(Number::from).map_err(|_| "a whole number must fit in 64 bits")
}

fn radix_number(text: &str) -> Option<Result<Number, &'static str>> {
    let (digits, radix) = match text.get(..2)? {
        "0o" => (text.get(2..)?, 8),
        "0x" => (text.get(2..)?, 16),
        _ => return None,
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let number = i64::from_str_radix(digits, radix).map(Number::from);
    Some(number.map_err(|_| "a whole number must fit in 64 bits"))
}

/// `(\. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    digits(integer) && digits(fraction) && !(integer.is_empty() && fraction.is_empty()) && exponent_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> serde_json::Value {
        match resolve_plain(text) {
            Ok(NodeKind::Null) => serde_json::Value::Null,
            Ok(NodeKind::Bool(flag)) => flag.into(),
            Ok(NodeKind::Number(number)) => number.number().clone().into(),
            Ok(NodeKind::Text(text)) => text.into(),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn words_that_yaml_1_1_took_for_booleans_are_text() {
        for word in ["no", "No", "yes", "on", "off", "y", "n", "NO", "tRUE", "nil"] {
            assert_eq!(json(word), word);
        }
        assert_eq!(json("true"), true);
        assert_eq!(json("FALSE"), false);
        assert_eq!(json("~"), serde_json::Value::Null);
    }

    #[test]
    fn numbers_follow_the_core_schema() {
        assert_eq!(json("010"), 10);
        assert_eq!(json("0o17"), 15);
        assert_eq!(json("0xff"), 255);
        assert_eq!(json("-3"), -3);
        assert_eq!(json("+3"), 3);
        assert_eq!(json("1.5"), 1.5);
        assert_eq!(json(".5"), 0.5);
        assert_eq!(json("1e3"), 1000.0);
    }

    #[test]
    fn what_only_looks_like_a_number_is_text() {
        for text in ["1_000", "12:30", "1.2.3", "0b11", "-", ".", "+-1", "1e", "0x", "5m", "10.0.0.0/16", "."] {
            assert_eq!(json(text), text);
        }
    }

    #[test]
    fn numbers_that_json_cannot_hold_are_errors() {
        assert!(resolve_plain(".inf").is_err());
        assert!(resolve_plain("-.inf").is_err());
        assert!(resolve_plain(".nan").is_err());
        assert!(resolve_plain("99999999999999999999").is_err());
    }
}
