use crate::schema::Catalog;
use crate::schema::fixtures::check;

const NONE: [&str; 0] = [];

#[test]
fn a_right_stack_has_no_violations() {
    let queue = "{FifoQueue: true, RedrivePolicy: {deadLetterTargetArn: '${dlq.Arn}', maxReceiveCount: 5}}";
    assert_eq!(check("AWS::SQS::Queue", queue), NONE);
    let service = "
        Cluster: ${cluster.Arn}
        DesiredCount: ${config.count}
        LaunchType: FARGATE
        TaskDefinition: ${task.TaskDefinitionArn}
        LoadBalancers: [{ContainerName: api, ContainerPort: 3001, TargetGroupArn: '${target.TargetGroupArn}'}]
        NetworkConfiguration:
          AwsvpcConfiguration: {AssignPublicIp: ENABLED, Subnets: ['${subnet.SubnetId}'], SecurityGroups: [sg-1]}
        DeploymentConfiguration: {DeploymentCircuitBreaker: {Enable: true, Rollback: true}}";
    assert_eq!(check("AWS::ECS::Service", service), NONE);
    let cluster = "
        Engine: aurora-postgresql
        EngineVersion: '16.4'
        ManageMasterUserPassword: true
        MasterUsername: app
        ServerlessV2ScalingConfiguration: {MinCapacity: 0.5, MaxCapacity: 2}
        VpcSecurityGroupIds: ['${group.GroupId}']";
    assert_eq!(check("AWS::RDS::DBCluster", cluster), NONE);
    let listener = "
        LoadBalancerArn: ${balancer.LoadBalancerArn}
        Port: 443
        Protocol: HTTPS
        Certificates: [{CertificateArn: '${certificate.Id}'}]
        DefaultActions: [{Type: forward, TargetGroupArn: '${target.TargetGroupArn}'}]";
    assert_eq!(check("AWS::ElasticLoadBalancingV2::Listener", listener), NONE);
    let bucket = "
        VersioningConfiguration: {Status: Enabled}
        BucketEncryption:
          ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: AES256}}]
        LifecycleConfiguration: {Rules: [{Status: Enabled, ExpirationInDays: 30}]}
        PublicAccessBlockConfiguration: {BlockPublicAcls: true}";
    assert_eq!(check("AWS::S3::Bucket", bucket), NONE);
    let record = "{HostedZoneId: '${zone.Id}', Name: a.test., Type: A, TTL: '60', ResourceRecords: [1.2.3.4]}";
    assert_eq!(check("AWS::Route53::RecordSet", record), NONE);
}

#[test]
fn an_unknown_name_is_told_the_right_one() {
    assert_eq!(
        check("AWS::SQS::Queue", "{FifoQueu: true, visibility_timeout: 30, Encryption: x}"),
        [
            "FifoQueu: `FifoQueu` is not a property of AWS::SQS::Queue; did you mean `FifoQueue`?",
            "visibility_timeout: `visibility_timeout` is not a property of AWS::SQS::Queue; \
             did you mean `VisibilityTimeout`?",
            "Encryption: `Encryption` is not a property of AWS::SQS::Queue",
        ]
    );
    assert_eq!(
        check("AWS::ECS::TaskDefinition", "{Image: nginx, ContainerDefinitions: [{Name: a, Image: b, Prot: 1}]}"),
        [
            "Image: `Image` is not a property of AWS::ECS::TaskDefinition; there is `ContainerDefinitions[*].Image`",
            "ContainerDefinitions[0].Prot: `Prot` is not a property of ContainerDefinitions[0]",
        ]
    );
}

#[test]
fn an_output_cannot_be_written() {
    assert_eq!(
        check("AWS::SQS::Queue", "Arn: arn:aws:sqs:us-west-2:123456789012:jobs"),
        ["Arn: `Arn` is set by AWS and cannot be written"]
    );
    assert_eq!(
        check("AWS::RDS::DBCluster", "MasterUserSecret: {SecretArn: arn}"),
        ["MasterUserSecret.SecretArn: `MasterUserSecret.SecretArn` is set by AWS and cannot be written"]
    );
}

#[test]
fn a_wrong_type_is_told_how_to_write_it() {
    assert_eq!(
        check("AWS::ECS::TaskDefinition", "{Cpu: 256, ContainerDefinitions: [{Name: a, Image: b, Essential: 'yes'}]}"),
        [
            "Cpu: `Cpu` must be a text, got the number 256; write it in quotes: \"256\"",
            "ContainerDefinitions[0].Essential: `ContainerDefinitions[0].Essential` must be true or false, \
             got \"yes\"; write `true`",
        ]
    );
    assert_eq!(
        check("AWS::SQS::Queue", "{DelaySeconds: '5', VisibilityTimeout: 1.5, Tags: {team: web}}"),
        [
            "DelaySeconds: `DelaySeconds` must be a whole number, got \"5\"; write it without quotes: 5",
            "VisibilityTimeout: `VisibilityTimeout` must be a whole number, got the number 1.5",
            "Tags: `Tags` must be a list, got a map; write it as a list: [{Key: team, Value: web}]",
        ]
    );
    assert_eq!(
        check("AWS::RDS::DBSubnetGroup", "{DBSubnetGroupDescription: a, SubnetIds: subnet-1}"),
        ["SubnetIds: `SubnetIds` must be a list, got \"subnet-1\"; write it as a list with one item"]
    );
}

#[test]
fn documents_are_maps_or_texts() {
    let policy = "{Version: '2012-10-17', Statement: []}";
    assert_eq!(check("AWS::IAM::Role", &format!("AssumeRolePolicyDocument: {policy}")), NONE);
    assert_eq!(check("AWS::IAM::Role", r#"AssumeRolePolicyDocument: '{"Statement": []}'"#), NONE);
    assert_eq!(
        check("AWS::IAM::Role", "AssumeRolePolicyDocument: [1]"),
        ["AssumeRolePolicyDocument: `AssumeRolePolicyDocument` must be a map or a text, got a list"]
    );
}

#[test]
fn what_is_missing_is_named_with_its_place() {
    assert_eq!(check("AWS::IAM::Role", "{}"), [": `AssumeRolePolicyDocument` is required"]);
    assert_eq!(check("AWS::IAM::Role", "AssumeRolePolicyDocument: ~"), [": `AssumeRolePolicyDocument` is required"]);
    assert_eq!(
        check("AWS::ECS::TaskDefinition", "ContainerDefinitions: [{Name: api}]"),
        ["ContainerDefinitions[0]: `Image` is required in ContainerDefinitions[0]"]
    );
}

#[test]
fn all_violations_come_at_once_in_the_order_of_the_file() {
    let found = check("AWS::SQS::Queue", "{VisibilityTimeout: x, Arn: y, DelaySecond: 1, DelaySeconds: -1}");
    let places: Vec<&str> = found.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(places, ["VisibilityTimeout", "Arn", "DelaySecond", "DelaySeconds"]);
}

#[test]
fn a_value_that_aws_does_not_give_back_is_not_repeated() {
    let found = check("AWS::RDS::DBCluster", "{MasterUsername: app, MasterUserPassword: 987654321}");
    assert_eq!(found, ["MasterUserPassword: `MasterUserPassword` must be a text, got a whole number"]);
}

#[test]
fn a_schema_that_holds_itself_is_walked_as_deep_as_the_values() {
    let statement =
        "{NotStatement: {Statement: {NotStatement: {Statement: {GeoMatchStatement: {CountryCodes: [XX]}}}}}}";
    let rule = format!(
        "{{Name: a, Priority: 0, Statement: {statement}, VisibilityConfig: {{CloudWatchMetricsEnabled: true, MetricName: a, SampledRequestsEnabled: true}}}}"
    );
    let yaml = format!(
        "{{DefaultAction: {{Allow: {{}}}}, Scope: REGIONAL, Rules: [{rule}], VisibilityConfig: {{CloudWatchMetricsEnabled: true, MetricName: a, SampledRequestsEnabled: true}}}}"
    );
    let found = check("AWS::WAFv2::WebACL", &yaml);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("GeoMatchStatement.CountryCodes[0]` must be one of AD"), "{found:?}");
}

#[test]
fn small_resources_are_checked_in_microseconds() {
    let schema = Catalog::standard().get("AWS::SQS::Queue").unwrap();
    let queue = serde_json::json!({"FifoQueue": true, "DelaySeconds": 5, "Tags": [{"Key": "a", "Value": "b"}]}).into();
    let start = std::time::Instant::now();
    for _ in 0..10_000 {
        assert!(schema.validate(&queue).is_empty());
    }
    // Ten times the time of a release build, so that a busy machine does not fail it.
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}
