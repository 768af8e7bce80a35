use regex::{Captures, Regex};

use super::placeholder::{FormPart, parts};
use super::{Driver, Meaning};

/// One way to name an object of a type, as `infra import` and the option `import` take it. Words in capitals stand for what
/// differs from object to object (`placeholder.rs` has them all); the rest is written as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// `arn:PARTITION:ec2:REGION:ACCOUNT:vpc/vpc-ID`.
    pub pattern: &'static str,
    /// What the driver's `resolve` is asked, in the words of the pattern: `vpc-ID`. A word that the pattern lacks is left out.
    gives: &'static str,
}

impl Form {
    /// A form that `resolve` takes as it is.
    pub const fn new(pattern: &'static str) -> Self {
        Self { pattern, gives: pattern }
    }

    pub const fn giving(self, gives: &'static str) -> Self {
        Self { gives, ..self }
    }

    /// True if a text of this form can be nothing of another type, so that nobody has to say what it is: something in it is
    /// written as it is, or looks like nothing else.
    pub fn tells_type(&self) -> bool {
        parts(self.pattern).into_iter().any(|part| match part {
            FormPart::Literal(text) => text.contains(|letter: char| letter.is_ascii_alphanumeric()),
            FormPart::Open(placeholder) => placeholder.is_distinct,
        })
    }

    pub fn is_arn(&self) -> bool {
        self.pattern.starts_with("arn:")
    }

    /// What a text of this form means; `None` for any other text.
    pub fn meaning(&self, text: &str) -> Option<Meaning> {
        let expression = Regex::new(&self.expression()).ok()?;
        let found = expression.captures(text)?;
        let part = |word: &str| found.name(word).map(|part| part.as_str().to_owned());
        Some(Meaning {
            text: self.given(&found),
            partition: part("PARTITION"),
            region: part("REGION"),
            account: part("ACCOUNT"),
        })
    }

    fn given(&self, found: &Captures<'_>) -> String {
        if self.gives == self.pattern {
            return found[0].to_owned();
        }
        let text = |part| match part {
            FormPart::Literal(text) => text.to_owned(),
            FormPart::Open(placeholder) => {
                found.name(placeholder.word).map(|part| part.as_str().to_owned()).unwrap_or_default()
            }
        };
        parts(self.gives).into_iter().map(text).collect()
    }

    /// The whole text. The first of several equal words is the one that is given on.
    fn expression(&self) -> String {
        let (mut expression, mut named) = ("^".to_owned(), Vec::new());
        for part in parts(self.pattern) {
            match part {
                FormPart::Literal(text) => expression += &regex::escape(text),
                FormPart::Open(placeholder) if named.contains(&placeholder.word) => {
                    expression += &format!("(?:{})", placeholder.expression);
                }
                FormPart::Open(placeholder) => {
                    named.push(placeholder.word);
                    expression += &format!("(?P<{}>{})", placeholder.word, placeholder.expression);
                }
            }
        }
        expression + "$"
    }

    /// A text of this form.
    pub fn example(&self) -> String {
        let text = |part| match part {
            FormPart::Literal(text) => text,
            FormPart::Open(placeholder) => placeholder.example,
        };
        parts(self.pattern).into_iter().map(text).collect()
    }
}

/// What a text means that names an object of the driver's type; `None` where it has none of the type's forms.
pub fn meaning(driver: &dyn Driver, text: &str) -> Option<Meaning> {
    driver.forms().iter().find_map(|form| form.meaning(text))
}

/// The forms of a type in words: "`vpc-ID`, `NAME_TAG`".
pub fn listed<'a>(forms: impl IntoIterator<Item = &'a Form>) -> String {
    forms.into_iter().map(|form| format!("`{}`", form.pattern)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::resources::Registry;

    const ARN: Form = Form::new("arn:PARTITION:ec2:REGION:ACCOUNT:vpc/vpc-ID").giving("vpc-ID");

    #[test]
    fn an_arn_tells_what_is_meant_and_where_it_is() {
        let meaning = ARN.meaning("arn:aws:ec2:us-west-2:123456789012:vpc/vpc-0a1b2c3d").unwrap();
        assert_eq!(meaning.text, "vpc-0a1b2c3d");
        assert_eq!(meaning.partition.as_deref(), Some("aws"));
        assert_eq!(meaning.region.as_deref(), Some("us-west-2"));
        assert_eq!(meaning.account.as_deref(), Some("123456789012"));
        for text in
            ["vpc-0a1b2c3d", "arn:aws:ec2:us-west-2:1:vpc/vpc-0a1b2c3d", "arn:aws:ec2:us-west-2:123456789012:vpc/x"]
        {
            assert!(ARN.meaning(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_word_that_a_form_lacks_is_left_out() {
        let record = Form::new("DOMAIN/RECORD_TYPE").giving("DOMAIN|ZONE_ID|RECORD_TYPE");
        assert_eq!(record.meaning("a.test/MX").unwrap().text, "a.test||MX");
    }

    #[test]
    fn a_form_tells_the_type_if_something_in_it_is_written_as_it_is() {
        let told = ["vpc-ID", "arn:PARTITION:s3:::NAME", "ZONE_ID", "IGW|vpc-ID", "DOMAIN|ZONE_ID|RECORD_TYPE"];
        let untold = ["NAME", "CLUSTER/SERVICE", "DOMAIN/RECORD_TYPE", "LOAD_BALANCER:PORT"];
        for (patterns, tells) in [(told.as_slice(), true), (untold.as_slice(), false)] {
            for pattern in patterns {
                assert_eq!(Form::new(pattern).tells_type(), tells, "{pattern}");
            }
        }
    }

    #[test]
    fn every_type_of_aws_has_a_form_and_what_tells_its_type_tells_no_other() {
        let registry = Registry::standard();
        for driver in registry.iter().filter(|driver| !driver.is_local()) {
            assert!(!driver.forms().is_empty(), "{}", driver.type_name());
            for form in driver.forms() {
                let example = form.example();
                assert!(form.meaning(&example).is_some(), "{} does not fit its example {example}", form.pattern);
                let told = registry.iter().filter(|other| {
                    other.forms().iter().any(|form| form.tells_type() && form.meaning(&example).is_some())
                });
                let told: BTreeSet<_> = told.map(Driver::type_name).collect();
                let own = form.tells_type().then_some(driver.type_name());
                assert_eq!(told, own.into_iter().collect(), "{example}");
            }
        }
    }

    #[test]
    fn the_documentation_lists_the_forms_of_every_type() {
        let documented = include_str!("../../docs/drivers.md");
        let registry = Registry::standard();
        let row = |driver: &dyn Driver| {
            format!("| `{}` | {} |\n", driver.type_name(), listed(driver.forms()).replace('|', "\\|"))
        };
        let table: String = registry.iter().filter(|driver| !driver.is_local()).map(row).collect();
        assert!(documented.contains(&table), "docs/drivers.md lacks this table:\n{table}");
    }

    /// AWS gives these none: Service Authorization Reference, "Resource types defined by Amazon EC2" and "… Route 53".
    const WITHOUT_ARN: [&str; 4] = [
        "AWS::EC2::Route",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::VPCGatewayAttachment",
        "AWS::Route53::RecordSet",
    ];

    #[test]
    fn every_type_that_has_an_arn_takes_it() {
        for driver in Registry::standard().iter().filter(|driver| !driver.is_local()) {
            let has_arn = driver.forms().iter().any(Form::is_arn);
            assert_eq!(has_arn, !WITHOUT_ARN.contains(&driver.type_name()), "{}", driver.type_name());
        }
    }
}
