use std::collections::HashMap;
use std::sync::LazyLock;

use super::condition::Condition;
use super::definition::Definition;

/// The conditions of a service's types, by the beginning of their names.
pub(super) static FILES: &[(&str, &str)] = &[
    ("AWS::CertificateManager::", include_str!("../../../schemas/conditions/certificatemanager.yaml")),
    ("AWS::EC2::", include_str!("../../../schemas/conditions/ec2.yaml")),
    ("AWS::ECS::", include_str!("../../../schemas/conditions/ecs.yaml")),
    ("AWS::ElasticLoadBalancingV2::", include_str!("../../../schemas/conditions/elasticloadbalancingv2.yaml")),
    ("AWS::IAM::", include_str!("../../../schemas/conditions/iam.yaml")),
    ("AWS::Logs::", include_str!("../../../schemas/conditions/logs.yaml")),
    ("AWS::RDS::", include_str!("../../../schemas/conditions/rds.yaml")),
    ("AWS::Route53::", include_str!("../../../schemas/conditions/route53.yaml")),
    ("AWS::S3::", include_str!("../../../schemas/conditions/s3.yaml")),
    ("AWS::SQS::", include_str!("../../../schemas/conditions/sqs.yaml")),
    ("AWS::SecretsManager::", include_str!("../../../schemas/conditions/secretsmanager.yaml")),
];

type ByType = HashMap<String, Vec<Condition>>;

/// Each file is read when a type of its service is first asked for.
static READ: LazyLock<Vec<LazyLock<ByType, Box<dyn FnOnce() -> ByType + Send>>>> = LazyLock::new(|| {
    let lazily = |(_, text): &(&str, &'static str)| {
        let text = *text;
        let read: Box<dyn FnOnce() -> ByType + Send> = Box::new(move || read(text));
        LazyLock::new(read)
    };
    FILES.iter().map(lazily).collect()
});

/// The conditions on a type, in the order of their file.
pub(in crate::schema) fn conditions_of(type_name: &str) -> &'static [Condition] {
    let file = FILES.iter().position(|(prefix, _)| type_name.starts_with(prefix));
    let by_type = file.and_then(|position| READ.get(position));
    by_type.and_then(|by_type| by_type.get(type_name)).map(Vec::as_slice).unwrap_or_default()
}

/// A test reads every file, so that none is wrong here.
fn read(text: &str) -> ByType {
    let definitions: HashMap<String, Vec<Definition>> = serde_yaml::from_str(text).unwrap_or_default();
    let compiled = definitions.into_iter().map(|(name, conditions)| {
        let conditions = conditions.into_iter().filter_map(|definition| Condition::compile(definition).ok());
        (name, conditions.collect())
    });
    compiled.collect()
}
