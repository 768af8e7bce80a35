use super::AwsError;

/// An object of the stack that AWS may not know everywhere yet: this run has made or changed it, or one shortly before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YoungObject {
    /// `AWS::EC2::VPC`.
    pub type_name: String,
    /// As AWS's messages name it.
    pub id: String,
}

/// The objects that an operation's object refers to and that are young.
#[derive(Debug, Clone, Default)]
pub enum YoungObjects {
    /// Nobody knows: every reference may be to one.
    #[default]
    Unknown,
    Known(Vec<YoungObject>),
}

impl YoungObjects {
    /// True if one of them has a type that begins so, `AWS::IAM::`.
    pub fn has(&self, types: &str) -> bool {
        match self {
            Self::Unknown => true,
            Self::Known(objects) => objects.iter().any(|object| object.type_name.starts_with(types)),
        }
    }

    /// True if an error may come from one of them: of a type that begins so, and the error names no other object. What a
    /// person wrote wrong is told at once that way, and not after minutes of asking.
    pub fn may_cause(&self, types: &str, error: &AwsError) -> bool {
        let Self::Known(objects) = self else { return true };
        let text = error.to_string();
        let named = objects.iter().any(|object| text.contains(&object.id));
        self.has(types) && (named || !names_an_object(&text))
    }
}

/// True if an identifier as EC2 makes them stands in the text: `vpc-0123456789abcdef0`.
/// Source: EC2 user guide, "Resource IDs".
fn names_an_object(text: &str) -> bool {
    let is_hex = |text: &str| text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = text.split(|char: char| !char.is_ascii_alphanumeric() && char != '-');
    words.filter_map(|word| word.rsplit_once('-')).any(|(kind, number)| !kind.is_empty() && is_hex(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn young() -> YoungObjects {
        let object = |type_name: &str, id: &str| YoungObject { type_name: type_name.into(), id: id.into() };
        YoungObjects::Known(vec![object("AWS::EC2::VPC", "vpc-0a1b2c3d"), object("AWS::IAM::Role", "app")])
    }

    fn error(text: &str) -> AwsError {
        AwsError::Invalid(text.to_owned())
    }

    #[test]
    fn what_is_young_may_be_unknown_and_a_literal_is_wrong() {
        assert!(young().may_cause("AWS::EC2::", &error("The vpc ID 'vpc-0a1b2c3d' does not exist")));
        assert!(!young().may_cause("AWS::EC2::", &error("The vpc ID 'vpc-01234567' does not exist")));
        assert!(young().may_cause("AWS::EC2::", &error("The gateway is not attached")));
        assert!(!young().may_cause("AWS::SQS::", &error("no such queue")));
        assert!(young().has("AWS::IAM::") && !young().has("AWS::CertificateManager::"));
    }

    #[test]
    fn nothing_young_is_worth_no_wait_and_what_nobody_knows_is() {
        let none = YoungObjects::Known(Vec::new());
        assert!(!none.may_cause("AWS::EC2::", &error("The gateway is not attached")) && !none.has("AWS::"));
        assert!(YoungObjects::Unknown.may_cause("AWS::EC2::", &error("vpc-01234567")));
    }
}
