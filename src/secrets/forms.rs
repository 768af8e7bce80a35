use std::collections::BTreeSet;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{GeneralPurpose, GeneralPurposeConfig, general_purpose};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// What the SDK writes in a form or URL. Source: RFC 3986, section 2.3, unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same in a path, where `/` stays. Source: AWS Signature Version 4, canonical URI.
const IN_PATH: &AsciiSet = &RESERVED.remove(b'/');
/// What JavaScript's `encodeURIComponent` leaves. Source: ECMAScript, "encodeURIComponent".
const IN_COMPONENT: &AsciiSet = &RESERVED.remove(b'!').remove(b'\'').remove(b'(').remove(b')').remove(b'*');
/// How XML and HTML writers spell quotes, double and single. Source: XML 1.0, section 4.6; Python's `html.escape`; Go's
/// `html.EscapeString`.
const QUOTES: [(&str, &str); 5] =
    [("\"", "'"), ("&quot;", "&apos;"), ("&quot;", "&#39;"), ("&#34;", "&#39;"), ("&quot;", "&#x27;")];
/// A shorter piece of base64 is part of too many other texts.
const SHORTEST_INSIDE: usize = 8;

/// How a whole text looks in what programs write: as it is, in JSON and in JSON inside of JSON, in a URL or form, in XML
/// and HTML, as Rust's `Debug` shows texts and bytes, in base64.
pub(crate) fn forms(secret: &str) -> BTreeSet<String> {
    let mut forms: BTreeSet<String> = plain_forms(secret).collect();
    for form in [json(secret), ascii_json(secret), json(&json(secret))] {
        forms.extend(QUOTES.iter().map(|quotes| xml(&form, quotes)));
        forms.extend(url_forms(&form));
        forms.insert(form);
    }
    forms.extend([debug(secret), debug_bytes(secret), debug_bytes(&json(secret))]);
    forms.extend(base64_forms(secret.as_bytes()));
    forms
}

fn plain_forms(secret: &str) -> impl Iterator<Item = String> {
    let windows = secret.replace("\r\n", "\n").replace('\n', "\r\n");
    let cased = [secret.to_uppercase(), secret.to_lowercase()].into_iter();
    let cased = cased.filter(|text| !text.eq_ignore_ascii_case(secret));
    let written = QUOTES.iter().map(|quotes| xml(secret, quotes)).chain(url_forms(secret));
    [secret.to_owned(), windows].into_iter().chain(cased).chain(written).collect::<Vec<_>>().into_iter()
}

/// What stands in a longer text that is base64 as a whole, such as `user:password`, wherever in it the secret begins.
pub(super) fn inside_base64(secret: &str) -> Vec<String> {
    let alphabets = [STANDARD, URL_SAFE].map(|alphabet| {
        let config = GeneralPurposeConfig::new().with_encode_padding(false);
        GeneralPurpose::new(&alphabet, config)
    });
    let inside = alphabets.iter().flat_map(|engine| (0..3).map(|before| core(engine, secret.as_bytes(), before)));
    inside.filter(|text| text.len() >= SHORTEST_INSIDE).collect()
}

/// The digits that are the secret's alone, with `before` bytes of something else in front of it.
fn core(engine: &GeneralPurpose, secret: &[u8], before: usize) -> String {
    let whole = engine.encode([&vec![0; before], secret].concat());
    let first = (before * 8).div_ceil(6);
    let end = (before + secret.len()) * 8 / 6;
    whole.get(first..end).unwrap_or_default().to_owned()
}

fn base64_forms(secret: &[u8]) -> [String; 4] {
    [
        general_purpose::STANDARD.encode(secret),
        general_purpose::STANDARD_NO_PAD.encode(secret),
        general_purpose::URL_SAFE.encode(secret),
        general_purpose::URL_SAFE_NO_PAD.encode(secret),
    ]
}

fn url_forms(text: &str) -> [String; 5] {
    let url = utf8_percent_encode(text, RESERVED).to_string();
    let path = utf8_percent_encode(text, IN_PATH).to_string();
    let component = utf8_percent_encode(text, IN_COMPONENT).to_string();
    let (form, twice) = (url.replace("%20", "+"), url.replace('%', "%25"));
    [url, path, component, form, twice]
}

fn json(text: &str) -> String {
    let json = Value::from(text).to_string();
    json[1..json.len() - 1].to_owned()
}

/// JSON in ASCII alone, with what HTML reads escaped too. Source: Python's `json.dumps`; Go's `json.Marshal`.
fn ascii_json(text: &str) -> String {
    let mut units = [0; 2];
    let escaped = |character: char| match character {
        '<' | '>' | '&' => format!("\\u{:04x}", u32::from(character)),
        character if character.is_ascii() => character.to_string(),
        character => character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    };
    json(text).chars().map(escaped).collect()
}

fn xml(text: &str, (double, single): &(&str, &str)) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', double).replace('\'', single)
}

fn debug(text: &str) -> String {
    let debug = format!("{text:?}");
    debug[1..debug.len() - 1].to_owned()
}

/// As the `bytes` crate shows a body in a log: what is not ASCII by its bytes.
fn debug_bytes(text: &str) -> String {
    let escaped = |byte: u8| match byte {
        b'\'' => "'".to_owned(),
        byte => std::ascii::escape_default(byte).to_string(),
    };
    text.bytes().map(escaped).collect()
}
