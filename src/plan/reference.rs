use super::unclear::Unclear;
use crate::aws::Context;
use crate::resources::{Driver, Form, Meaning, Registry, listed, meaning};

/// What a user means by `vpc-0a1b2c3d`, `rds:my-cluster`, `AWS::RDS::DBCluster:my-cluster` or an ARN: what each type that it
/// may be of would be asked.
pub struct Reference<'a> {
    /// What stands after the type or the service.
    pub text: String,
    /// The type or the service that it is said to be of; empty where the text alone tells.
    pub kind: String,
    pub meant: Vec<(&'a dyn Driver, Meaning)>,
}

impl<'a> Reference<'a> {
    /// Reads the text. `expected` is the type that it must be of, where that is known.
    ///
    /// # Errors
    /// `Unclear` with the forms that are possible.
    pub fn parse(text: &str, registry: &'a Registry, expected: Option<&str>) -> Result<Self, Unclear> {
        let telling = |driver: &'a dyn Driver| {
            let mut forms = driver.forms().iter().filter(|form| form.tells_type());
            Some((driver, forms.find_map(|form| form.meaning(text))?))
        };
        let told: Vec<_> = registry.iter().filter_map(telling).collect();
        if !told.is_empty() {
            return Ok(Self { text: text.to_owned(), kind: String::new(), meant: told });
        }
        if text.starts_with("arn:") {
            return Err(Unclear::arn(text, registry));
        }
        if let Some((kind, rest)) = split(text) {
            let drivers: Vec<_> = registry.iter().filter(|driver| is_of(driver.type_name(), kind)).collect();
            if !drivers.is_empty() {
                return Self::of(kind, rest, drivers);
            }
            if kind.starts_with("AWS::") || expected.is_none() {
                return Err(Unclear::kind(kind));
            }
        }
        match expected.and_then(|expected| registry.get(expected)) {
            Some(driver) => Self::of(driver.type_name(), text, vec![driver]),
            None => Err(Unclear::plain(text, registry)),
        }
    }

    fn of(kind: &str, text: &str, drivers: Vec<&'a dyn Driver>) -> Result<Self, Unclear> {
        let forms = drivers.iter().flat_map(|driver| driver.forms());
        let unclear = Unclear::form(kind, text, &listed(forms));
        let meant: Vec<_> = drivers.into_iter().filter_map(|driver| Some((driver, meaning(driver, text)?))).collect();
        if meant.is_empty() { Err(unclear) } else { Ok(Self { text: text.to_owned(), kind: kind.to_owned(), meant }) }
    }

    /// The region that the text itself names.
    pub fn region(&self) -> Option<&str> {
        self.meant.iter().find_map(|(_, meaning)| meaning.region.as_deref())
    }

    /// Why the object is not where the context looks, "is in account 1, …"; `None` where the text does not say so.
    pub fn elsewhere(&self, cx: &Context) -> Option<String> {
        self.meant.iter().find_map(|(_, meaning)| meaning.elsewhere(cx))
    }
}

/// How types of our own begin.
const OWN: &str = "Infra::";

/// `sqs:jobs` and `AWS::SQS::Queue:jobs`: the kind, and what it names. `None` where the text has not this form.
fn split(text: &str) -> Option<(&str, &str)> {
    let start = match () {
        () if text.starts_with("AWS::") => type_end(text)?,
        () if text.starts_with(OWN) => OWN.len(),
        () => 0,
    };
    let (kind, rest) = text.split_at(start + text[start..].find(':')?);
    let name = rest.trim_start_matches(':');
    (!kind.is_empty() && !name.is_empty()).then_some((kind, name))
}

/// Where the last part of `AWS::SERVICE::TYPE` starts.
fn type_end(text: &str) -> Option<usize> {
    let service = "AWS::".len();
    Some(service + text[service..].find("::")? + 2)
}

/// True if the kind is the type, or its service.
fn is_of(type_name: &str, kind: &str) -> bool {
    let service = type_name.split("::").nth(1).unwrap_or_default();
    let wanted = match kind.to_ascii_lowercase().as_str() {
        "elb" | "elbv2" | "alb" => "elasticloadbalancingv2".to_owned(),
        "secrets" => "secretsmanager".to_owned(),
        other => other.to_owned(),
    };
    type_name == kind || (type_name.starts_with("AWS::") && service.to_ascii_lowercase() == wanted)
}

/// True for a form that a command line needs no type before.
pub(super) fn stands_alone(form: &&Form) -> bool {
    form.tells_type() && !form.is_arn()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, expected: Option<&str>) -> Result<Vec<(String, String)>, String> {
        let registry = Registry::standard();
        let reference = Reference::parse(text, &registry, expected);
        let reference = reference.map_err(|unclear| format!("{} / {}", unclear.message, unclear.hint))?;
        let named = |(driver, meaning): &(&dyn Driver, Meaning)| (driver.type_name().to_owned(), meaning.text.clone());
        Ok(reference.meant.iter().map(named).collect())
    }

    fn one(type_name: &str, text: &str) -> Result<Vec<(String, String)>, String> {
        Ok(vec![(type_name.to_owned(), text.to_owned())])
    }

    #[test]
    fn what_tells_its_type_needs_none_before_it() {
        assert_eq!(parsed("vpc-0a1b2c3d", None), one("AWS::EC2::VPC", "vpc-0a1b2c3d"));
        let arn = "arn:aws:rds:us-west-2:123456789012:cluster:shop";
        assert_eq!(parsed(arn, None), one("AWS::RDS::DBCluster", "shop"));
        assert_eq!(parsed("s3://shop-web", None), one("AWS::S3::Bucket", "shop-web"));
        assert_eq!(
            parsed("igw-0a1b2c3d|vpc-0a1b2c3d", None),
            one("AWS::EC2::VPCGatewayAttachment", "IGW|vpc-0a1b2c3d")
        );
        // The last part may hold whatever separates the others.
        let record = parsed("Z012345678/_dmarc.shop.example/TXT/blue/green_1|x", None);
        assert_eq!(record, one("AWS::Route53::RecordSet", "_dmarc.shop.example|Z012345678|TXT|blue/green_1|x"));
    }

    #[test]
    fn a_kind_is_a_type_or_a_service() {
        assert_eq!(parsed("AWS::SQS::Queue:jobs", None), one("AWS::SQS::Queue", "jobs"));
        assert_eq!(parsed("sqs:jobs", None), one("AWS::SQS::Queue", "jobs"));
        let kinds = parsed("rds:shop", None).unwrap();
        assert_eq!(kinds.len(), 3, "{kinds:?}");
        let kinds = parsed("ecs:shop/api", None);
        assert_eq!(kinds, one("AWS::ECS::Service", "shop/api"));
        assert_eq!(parsed("secrets:shop/key", None), one("AWS::SecretsManager::Secret", "shop/key"));
    }

    #[test]
    fn a_name_alone_is_of_the_type_that_is_expected() {
        assert_eq!(parsed("shop", Some("AWS::ECS::Cluster")), one("AWS::ECS::Cluster", "shop"));
        assert_eq!(parsed("api:7", Some("AWS::ECS::TaskDefinition")), one("AWS::ECS::TaskDefinition", "api:7"));
    }

    #[test]
    fn what_is_unclear_is_told_with_what_is_possible() {
        let told = |text: &str| parsed(text, None).unwrap_err();
        assert!(told("my-cluster").contains("`my-cluster` does not say what it is"), "{}", told("my-cluster"));
        assert!(told("my-cluster").contains("`rtb-ID|DESTINATION`"), "{}", told("my-cluster"));
        let association = told("AWS::EC2::SubnetRouteTableAssociation:main");
        assert!(association.contains("`rtbassoc-ID`, `rtb-ID|subnet-ID`"), "{association}");
        assert!(told("lambda:x").contains("no driver of this infra is for `lambda`"), "{}", told("lambda:x"));
        assert!(told("AWS::Lambda::Function:x").contains("`AWS::Lambda::Function`"));
        let foreign = told("arn:aws:lambda:us-west-2:123456789012:function:x");
        assert!(foreign.contains("no driver of this infra is for `lambda`"), "{foreign}");
        let odd = told("arn:aws:ec2:us-west-2:123456789012:volume/vol-1");
        assert!(odd.contains("`arn:PARTITION:ec2:REGION:ACCOUNT:vpc/vpc-ID`"), "{odd}");
        assert!(!odd.contains("rds"), "{odd}");
        assert!(told("Infra::RandomPassword:x").contains("state alone"), "{}", told("Infra::RandomPassword:x"));
    }
}
