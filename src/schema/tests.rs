use std::sync::Arc;

use super::{Kind, Operation, PropertyPath, ReplacementStrategy, ResourceSchema, TagProperty, TagShape};
use crate::schema::Catalog;

fn schema(name: &str) -> Arc<ResourceSchema> {
    Catalog::standard().get(name).unwrap()
}

fn path(text: &str) -> PropertyPath {
    text.parse().unwrap()
}

fn list(key: &str, value: &str) -> TagShape {
    TagShape::List { key: key.to_owned(), value: value.to_owned() }
}

#[test]
fn create_only_reaches_into_what_is_listed() {
    let task = schema("AWS::ECS::TaskDefinition");
    assert!(task.is_create_only(&path("ContainerDefinitions[0].Image")));
    assert!(!task.is_create_only(&path("Tags")));
    let listener = schema("AWS::ElasticLoadBalancingV2::Listener");
    assert!(listener.is_create_only(&path("LoadBalancerArn")));
    assert!(!listener.is_create_only(&path("DefaultActions")));
    assert!(schema("AWS::ECS::Service").is_conditional_create_only(&path("LaunchType")));
}

#[test]
fn outputs_and_secrets_are_known() {
    let cluster = schema("AWS::RDS::DBCluster");
    assert!(cluster.is_read_only(&path("Endpoint.Address")));
    assert!(cluster.is_read_only(&path("MasterUserSecret.SecretArn")));
    assert!(!cluster.is_read_only(&path("MasterUserSecret.KmsKeyId")));
    assert!(cluster.is_write_only(&path("MasterUserPassword")));
    assert!(cluster.writable().any(|name| name == "MasterUserSecret"));
    assert!(cluster.writable().all(|name| name != "DBClusterArn"));
    assert!(cluster.attributes().any(|name| name == "DBClusterArn"));
    let secret = listed(schema("AWS::ElasticLoadBalancingV2::Listener").write_only());
    assert_eq!(secret, ["DefaultActions[*].AuthenticateOidcConfig.ClientSecret"]);
}

fn listed(paths: &[PropertyPath]) -> Vec<String> {
    paths.iter().map(PropertyPath::to_string).collect()
}

#[test]
fn identifiers_keep_their_order() {
    let record = listed(schema("AWS::Route53::RecordSet").primary_identifier());
    assert_eq!(record, ["Name", "HostedZoneId", "Type", "SetIdentifier"]);
}

#[test]
fn order_matters_only_where_aws_keeps_it() {
    let task = schema("AWS::ECS::TaskDefinition");
    assert!(task.is_unordered(&path("ContainerDefinitions[0].Environment")));
    assert!(!task.is_unordered(&path("ContainerDefinitions[0].Command")));
    assert!(schema("AWS::ECS::Service").is_unordered(&path("NetworkConfiguration.AwsvpcConfiguration.Subnets")));
    assert!(schema("AWS::ECS::Service").is_unordered(&path("Tags")), "tags never have an order");
    assert!(schema("AWS::RDS::DBCluster").is_unordered(&path("VpcSecurityGroupIds")));
    assert!(schema("AWS::Route53::RecordSet").is_unordered(&path("ResourceRecords")));
    assert!(!schema("AWS::Lambda::Function").is_unordered(&path("Layers")));
}

#[test]
fn documents_are_maps_of_any_shape_and_maps_that_may_be_texts() {
    assert!(schema("AWS::IAM::Role").is_document(&path("AssumeRolePolicyDocument")));
    assert!(schema("AWS::IAM::Role").is_document(&path("Policies[0].PolicyDocument")));
    assert!(schema("AWS::SQS::Queue").is_document(&path("RedrivePolicy")));
    assert!(!schema("AWS::S3::Bucket").is_document(&path("BucketEncryption")));
    assert!(!schema("AWS::ECS::TaskDefinition").is_document(&path("ContainerDefinitions[0].DockerLabels")));
}

#[test]
fn tags_are_found_in_every_shape() {
    let tags = |name| schema(name).tag_property().cloned();
    let queue = TagProperty { name: "Tags".into(), shape: list("Key", "Value"), updatable: true, on_create: true };
    assert_eq!(tags("AWS::SQS::Queue"), Some(queue));
    assert_eq!(tags("AWS::Route53::HostedZone").map(|tags| tags.name), Some("HostedZoneTags".to_owned()));
    assert_eq!(tags("AWS::SSM::Parameter").map(|tags| tags.shape), Some(TagShape::Map));
    assert_eq!(tags("AWS::Route53::RecordSet"), None);
}

#[test]
fn types_defaults_and_permissions_are_read_from_the_schema() {
    let queue = schema("AWS::SQS::Queue");
    assert_eq!(queue.kinds(&path("DelaySeconds")), Some(Kind::Integer.into()));
    assert_eq!(queue.kinds(&path("Delay")), None);
    assert!(queue.permissions(Operation::Create).contains(&"sqs:CreateQueue".to_owned()));
    assert!(queue.tag_permissions().contains(&"sqs:UntagQueue".to_owned()));
    assert!(!schema("AWS::EC2::SubnetRouteTableAssociation").supports(Operation::Update));
    let order = schema("AWS::EC2::SubnetRouteTableAssociation").replacement_strategy();
    assert_eq!(order, Some(ReplacementStrategy::DeleteThenCreate));
    let distribution = schema("AWS::CloudFront::Distribution");
    let path = path("DistributionConfig.ViewerCertificate");
    assert_eq!(distribution.default(&path), Some(&serde_json::json!({"CloudFrontDefaultCertificate": true})));
}
