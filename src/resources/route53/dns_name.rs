//! The one spelling of a domain name: lower case, no trailing dot, `*` and the like as themselves.

use serde_json::Value;

/// The canonical form of a name. Route 53 gives names with a trailing dot, in lower case, and with octal escapes for all
/// but letters, digits, `-`, `_` and `.`. Source: Route 53 developer guide, "DNS domain name format".
pub fn canonical(name: &str) -> String {
    let name = unescaped(name).to_lowercase();
    name.strip_suffix('.').map(str::to_owned).unwrap_or(name)
}

/// Puts a property into the canonical form, where it is a text.
pub fn canonicalize(property: Option<&mut Value>) {
    if let Some(Value::String(name)) = property {
        *name = canonical(name);
    }
}

/// What Route 53 sorts by: the labels reversed, each with its dot. Source: Route 53 API reference,
/// `ListResourceRecordSets`, "Sort order".
pub fn sort_key(name: &str) -> String {
    canonical(name).rsplit('.').map(|label| format!("{label}.")).collect()
}

fn unescaped(name: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(name.len()), name);
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        let octal = rest.get(at + 1..at + 4).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match octal {
            Some(byte) if byte.is_ascii_graphic() => {
                plain.push(char::from(byte));
                rest = &rest[at + 4..];
            }
            _ => {
                plain.push('\\');
                rest = &rest[at + 1..];
            }
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_the_same_have_one_form() {
        for (name, form) in [
            ("Example.COM.", "example.com"),
            (r"\052.example.com.", "*.example.com"),
            ("*.example.com", "*.example.com"),
            (r"a\000b.example.com", r"a\000b.example.com"),
            (r"odd\", r"odd\"),
            ("", ""),
        ] {
            assert_eq!(canonical(name), form, "{name}");
        }
    }

    #[test]
    fn names_sort_by_their_labels_from_the_right() {
        let mut names = ["www.example.com", "example.com", "a.b.example.com", "*.example.com"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["example.com", "*.example.com", "a.b.example.com", "www.example.com"]);
    }
}
