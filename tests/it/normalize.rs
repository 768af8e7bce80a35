//! What differs from run to run, taken out of a program's output.

use std::sync::LazyLock;

use regex::Regex;

/// Replaces what is known to belong to one test, then everything that looks like it was made up by AWS or a clock.
pub struct Normalizer {
    known: Vec<(String, &'static str)>,
}

static PATTERNS: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    [
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<uuid>"),
        (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?", "<time>"),
        (r"\b(acl|eipalloc|eni|igw|nat|rtb|rtbassoc|sg|sgr|subnet|vpc|vpce)-[0-9a-f]{8,17}\b", "$1-<id>"),
        (r"\b127\.0\.0\.1:\d+\b", "<endpoint>"),
        (r"\bhostedzone/[A-Z0-9]+\b", "hostedzone/<id>"),
        (r"\bZ[A-Z0-9]{10,}\b", "<zone>"),
        (r"\b[0-9a-f]{16,64}\b", "<hash>"),
        (r"\b(\d+m )?\d+(\.\d+)? ?(ms|s)\b", "<duration>"),
    ]
    .map(|(pattern, replacement)| (Regex::new(pattern).expect("a pattern"), replacement))
    .into()
});

impl Normalizer {
    pub fn new(known: impl IntoIterator<Item = (String, &'static str)>) -> Self {
        Self { known: known.into_iter().collect() }
    }

    pub fn apply(&self, text: &str) -> String {
        let known = self.known.iter();
        let text = known.fold(text.to_owned(), |text, (value, name)| text.replace(value, name));
        PATTERNS.iter().fold(text, |text, (pattern, name)| pattern.replace_all(&text, *name).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_between_runs_is_replaced() {
        let normalizer =
            Normalizer::new([("/tmp/x1".to_owned(), "<folder>"), ("123456789012".to_owned(), "<account>")]);
        for (text, normal) in [
            ("/tmp/x1/stacks/dev.yaml:3:5", "<folder>/stacks/dev.yaml:3:5"),
            ("arn:aws:sqs:us-west-2:123456789012:jobs", "arn:aws:sqs:us-west-2:<account>:jobs"),
            ("vpc-0a1b2c3d4e5f60718 subnet-12345678", "vpc-<id> subnet-<id>"),
            ("41 resources read in 12 calls, 0.4 s", "41 resources read in 12 calls, <duration>"),
            ("done in 2m 3.5s", "done in <duration>"),
            ("10.0.0.0/16, port 3001, 45 → 60", "10.0.0.0/16, port 3001, 45 → 60"),
        ] {
            assert_eq!(normalizer.apply(text), normal);
        }
    }
}
