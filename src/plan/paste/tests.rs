use serde_json::{Value as Json, json};

use super::{Pasted, References};
use crate::plan::adoption::Found;
use crate::resources::{Live, Registry, ResourceId};
use crate::schema::Catalog;

fn pasted(type_name: &str, live: Json) -> Pasted {
    let registry = Registry::standard();
    let driver = registry.get(type_name).expect("a registered type");
    let schema = Catalog::standard().get(type_name).expect("AWS has the type");
    let found = Found { type_name: driver.type_name(), live: Live::of(ResourceId::new("x"), live) };
    Pasted::of("it".to_owned(), driver, &schema, &found, None)
}

fn properties(type_name: &str, live: Json) -> Json {
    pasted(type_name, live).json(&References::default())["properties"].clone()
}

#[test]
fn of_names_that_exclude_each_other_one_is_printed() {
    let subnet = json!({
        "SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "us-west-2a",
        "AvailabilityZoneId": "usw2-az1", "MapPublicIpOnLaunch": false, "EnableDns64": true,
    });
    let wanted = json!({
        "AvailabilityZone": "us-west-2a", "CidrBlock": "10.0.0.0/24", "EnableDns64": true, "VpcId": "vpc-1",
    });
    assert_eq!(properties("AWS::EC2::Subnet", subnet), wanted);
}

#[test]
fn what_says_the_same_twice_is_printed_once() {
    let balancer = |mapping: Json| {
        let live =
            json!({"Subnets": ["subnet-1"], "SubnetMappings": [mapping], "Type": "network", "Scheme": "internal"});
        properties("AWS::ElasticLoadBalancingV2::LoadBalancer", live)
    };
    let plain = balancer(json!({"SubnetId": "subnet-1"}));
    assert_eq!(plain, json!({"Scheme": "internal", "Subnets": ["subnet-1"], "Type": "network"}));
    let addressed = balancer(json!({"SubnetId": "subnet-1", "AllocationId": "eipalloc-1"}));
    assert_eq!(addressed["SubnetMappings"][0]["AllocationId"], "eipalloc-1");
    assert_eq!(addressed.get("Subnets"), None);
    let member = json!({
        "DBInstanceIdentifier": "one", "DBClusterIdentifier": "shop", "DBInstanceClass": "db.serverless", "Engine":
        "aurora-postgresql", "AllocatedStorage": "1", "MasterUsername": "shop", "DBParameterGroupName": "default.aurora-postgresql16",
        "PromotionTier": 0,
    });
    let wanted = json!({
        "DBClusterIdentifier": "shop", "DBInstanceClass": "db.serverless", "DBInstanceIdentifier": "one",
        "Engine": "aurora-postgresql", "PromotionTier": 0,
    });
    assert_eq!(properties("AWS::RDS::DBInstance", member), wanted);
}

#[test]
fn attributes_that_aws_gives_by_itself_are_left_out_one_by_one() {
    let group = json!({
        "Name": "web", "Protocol": "HTTP", "Port": 80, "VpcId": "vpc-1", "HealthCheckTimeoutSeconds": 5, "Matcher": {"HttpCode": "200"},
        "Targets": [{"Id": "10.0.0.1"}],
        "TargetGroupAttributes": [
            {"Key": "deregistration_delay.timeout_seconds", "Value": "10"}, {"Key": "stickiness.enabled", "Value": "false"},
        ],
    });
    let wanted = json!({
        "Name": "web", "Port": 80, "Protocol": "HTTP",
        "TargetGroupAttributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "10"}], "VpcId": "vpc-1",
    });
    assert_eq!(properties("AWS::ElasticLoadBalancingV2::TargetGroup", group), wanted);
}

#[test]
fn tags_keep_empty_values_and_lose_those_of_aws_and_of_owners() {
    let tags = json!([
        {"Key": "empty", "Value": ""}, {"Key": "aws:cloudformation:stack-name", "Value": "x"},
        {"Key": "infra:stack", "Value": "dev"},
    ]);
    let gateway = properties("AWS::EC2::InternetGateway", json!({"InternetGatewayId": "igw-1", "Tags": tags}));
    assert_eq!(gateway, json!({"Tags": [{"Key": "empty", "Value": ""}]}));
}

#[test]
fn a_document_is_printed_as_the_map_that_it_is() {
    let policy = r#"{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "logs:*", "Resource": "arn:aws:logs:*:*:log-group:${aws:username}"}]}"#;
    let group = properties("AWS::Logs::LogGroup", json!({"LogGroupName": "/web", "ResourcePolicyDocument": policy}));
    assert_eq!(
        group["ResourcePolicyDocument"]["Statement"][0]["Resource"],
        "arn:aws:logs:*:*:log-group:$${aws:username}"
    );
}

#[test]
fn what_aws_would_refuse_is_left_out_and_told() {
    let queue = pasted("AWS::SQS::Queue", json!({"QueueName": "jobs", "DelaySeconds": 99_999}));
    assert_eq!(queue.json(&References::default())["properties"], json!({"QueueName": "jobs"}));
    assert!(queue.notes[0].starts_with("DelaySeconds is left out: "), "{:?}", queue.notes);
    let group = pasted("AWS::RDS::DBSubnetGroup", json!({"DBSubnetGroupName": "db", "DBSubnetGroupDescription": "x"}));
    assert_eq!(group.notes, ["Fill in: `SubnetIds` is required"]);
}

#[test]
fn what_is_never_read_back_is_told_before_the_resource() {
    let secret = pasted("AWS::SecretsManager::Secret", json!({"Name": "key", "Id": "arn:x"}));
    let yaml = secret.yaml(&References::default(), 2);
    assert_eq!(
        yaml,
        "  # Never read back, so not here: SecretString, GenerateSecretString. Write what infra is to set.
  it:
    type: AWS::SecretsManager::Secret
    import: x
    properties:
      Name: key
"
    );
}
