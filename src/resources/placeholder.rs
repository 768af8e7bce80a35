/// A word in capitals that stands in a [`Form`](super::Form) for what differs from object to object.
#[derive(Debug)]
pub struct Placeholder {
    pub word: &'static str,
    /// A regular expression without groups.
    pub expression: &'static str,
    /// A text that fits, for tests and for people.
    pub example: &'static str,
    /// True if nothing of another type looks like this.
    pub is_distinct: bool,
}

/// One segment of a path or of an ARN.
const SEGMENT: &str = r"[^:/|\s]+";

/// All there are. Sources: "Amazon Resource Names (ARNs)", IAM user guide; "Longer IDs", EC2 user guide: 8 or 17 hexadecimal
/// digits.
const ALL: [Placeholder; 21] = [
    Placeholder::new("PARTITION", "aws[a-z-]*", "aws"),
    Placeholder::new("REGION", "[a-z]{2,}(?:-[a-z]+)+-[0-9]+", "us-west-2"),
    Placeholder::new("ACCOUNT", "[0-9]{12}", "123456789012"),
    Placeholder::new("ID", "[0-9a-f]{8}(?:[0-9a-f]{9})?", "0a1b2c3d4e5f60718"),
    Placeholder::new("HASH", "[0-9a-zA-Z]+", "50dc6c495c0c9188"),
    Placeholder::new("NAME_TAG", ".+", "main"),
    Placeholder::new("GROUP_NAME", ".+", "web servers"),
    Placeholder::new("NAME", r"[^:|\s]+", "shop-dev"),
    Placeholder::new("CLUSTER", SEGMENT, "shop"),
    Placeholder::new("SERVICE", SEGMENT, "api"),
    Placeholder::new("FAMILY", SEGMENT, "shop-api"),
    Placeholder::new("REVISION", "[0-9]+", "7"),
    Placeholder::new("LOAD_BALANCER", SEGMENT, "shop"),
    Placeholder::new("PORT", "[0-9]{1,5}", "443"),
    Placeholder::new("KIND", "app|net|gwy", "app"),
    Placeholder::new("DESTINATION", r"[0-9a-fA-F.:]+/[0-9]{1,3}|pl-[0-9a-f]+", "0.0.0.0/0"),
    Placeholder::new("ZONE_ID", "[0-9A-Z]{10,32}", "Z0123456789ABCDEFGHIJ").distinct(),
    Placeholder::new("DOMAIN", r"[^/|\s]+", "www.shop.example"),
    Placeholder::new("RECORD_TYPE", "[A-Z]{1,10}", "CNAME"),
    Placeholder::new("URL", r"https?://\S+", "https://us-west-2.queue.amazonaws.com/123456789012/jobs").distinct(),
    Placeholder::new("SET_IDENTIFIER", ".+", "blue/green_1"),
];

/// What makes up the word of a placeholder.
const LETTERS: fn(char) -> bool = |letter| letter.is_ascii_uppercase() || letter == '_';

impl Placeholder {
    const fn new(word: &'static str, expression: &'static str, example: &'static str) -> Self {
        Self { word, expression, example, is_distinct: false }
    }

    const fn distinct(self) -> Self {
        Self { is_distinct: true, ..self }
    }

    pub fn named(word: &str) -> Option<&'static Self> {
        ALL.iter().find(|placeholder| placeholder.word == word)
    }
}

/// A part of a form: a placeholder, or text that stands for itself.
#[derive(Debug, Clone, Copy)]
pub enum FormPart<'a> {
    Literal(&'a str),
    Open(&'static Placeholder),
}

/// Splits a form at its placeholders: `rtb-ID|DESTINATION` has four parts. Other words in capitals stand for themselves.
pub fn parts(form: &str) -> Vec<FormPart<'_>> {
    let (mut parts, mut rest) = (Vec::new(), form);
    while let Some(first) = rest.chars().next() {
        let is_word = LETTERS(first);
        let end = rest.find(|letter| LETTERS(letter) != is_word).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        parts.push(Placeholder::named(part).map_or(FormPart::Literal(part), FormPart::Open));
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    #[test]
    fn every_placeholder_fits_its_own_example() {
        for placeholder in &ALL {
            let whole = Regex::new(&format!("^(?:{})$", placeholder.expression)).unwrap();
            assert!(whole.is_match(placeholder.example), "{}", placeholder.word);
            assert_eq!(whole.captures_len(), 1, "{}", placeholder.word);
        }
    }

    #[test]
    fn a_form_is_split_at_the_words_that_stand_for_something() {
        let shown: Vec<String> = parts("IGW|vpc-ID:NAME_TAG")
            .into_iter()
            .map(|part| match part {
                FormPart::Literal(text) => format!("'{text}'"),
                FormPart::Open(placeholder) => placeholder.word.to_owned(),
            })
            .collect();
        assert_eq!(shown, ["'IGW'", "'|vpc-'", "ID", "':'", "NAME_TAG"]);
    }
}
