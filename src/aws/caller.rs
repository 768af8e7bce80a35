/// The identity behind the credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Twelve digits.
    pub account: String,
    pub arn: String,
}

impl Caller {
    /// The role, user or `root` in the ARN: `arn:aws:sts::123456789012:assumed-role/deploy/ci` gives `deploy`.
    pub fn name(&self) -> &str {
        let resource = self.arn.splitn(6, ':').nth(5).unwrap_or(&self.arn);
        let mut parts = resource.split('/');
        match (parts.next(), parts.next()) {
            (Some("assumed-role"), Some(role)) => role,
            (Some("user"), Some(_)) => resource.rsplit('/').next().unwrap_or(resource),
            _ => resource,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_role_or_user() {
        for (arn, name) in [
            ("arn:aws:sts::123456789012:assumed-role/deploy/ci", "deploy"),
            ("arn:aws:iam::123456789012:user/team/ada", "ada"),
            ("arn:aws:iam::123456789012:root", "root"),
        ] {
            assert_eq!(Caller { account: String::new(), arn: arn.into() }.name(), name);
        }
    }
}
