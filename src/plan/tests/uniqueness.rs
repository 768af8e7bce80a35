use crate::plan::uniqueness::check;
use crate::resources::Registry;
use crate::stack::{LoadOptions, Stack};

/// What is wrong with a stack of these resources.
fn refused(resources: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = format!("project: shop\nregion: us-west-2\nconfig: {{ name: emails }}\nresources:\n{resources}");
    std::fs::write(folder.path().join("dev.yaml"), text).expect("a written file");
    let stack = Stack::load(folder.path(), "dev", &LoadOptions::default())
        .unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    check(&stack, &Registry::standard()).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn two_queues_of_one_name_are_told_with_both_places() {
    let error = refused(
        "  a: { type: AWS::SQS::Queue, properties: { QueueName: emails } }\n  \
         b:\n    type: AWS::SQS::Queue\n    properties:\n      QueueName: \"${config.name}\"\n",
    );
    assert!(error.contains("`a` and `b` are one AWS::SQS::Queue: QueueName emails"), "{error}");
    assert!(error.contains("dev.yaml:9:") && error.contains("dev.yaml:5:"), "{error}");
    assert!(error.contains("one object has one address"), "{error}");
}

#[test]
fn what_one_resource_reads_off_another_counts() {
    let error = refused(
        "  a: { type: AWS::SQS::Queue }\n  \
         b: { type: AWS::SQS::Queue, properties: { QueueName: \"${a.QueueName}\" } }\n",
    );
    assert!(error.contains("`a` and `b` are one AWS::SQS::Queue: QueueName shop-dev-a"), "{error}");
}

#[test]
fn two_resources_that_are_one_record_are_refused_and_those_with_a_set_identifier_are_not() {
    let record = |name: &str, more: &str| {
        format!(
            "  {name}:\n    type: AWS::Route53::RecordSet\n    properties:\n      HostedZoneId: \"${{zone.Id}}\"\n      Type: \
             A\n      TTL: '60'\n      ResourceRecords: ['192.0.2.1']\n{more}"
        )
    };
    let zone = "  zone: { type: AWS::Route53::HostedZone, properties: { Name: shop.example } }\n";
    let same = [record("a", "      Name: www.shop.example\n"), record("b", "      Name: WWW.shop.example.\n")].concat();
    let error = refused(&format!("{zone}{same}"));
    assert!(error.contains("`a` and `b` are one AWS::Route53::RecordSet"), "{error}");
    let weighted = |id: &str| format!("      Name: www.shop.example\n      SetIdentifier: {id}\n      Weight: 1\n");
    let apart = [record("a", &weighted("blue")), record("b", &weighted("green"))].concat();
    assert_eq!(refused(&format!("{zone}{apart}")), "");
}

#[test]
fn members_of_a_for_each_that_are_one_object_are_told() {
    let route = |table: &str, destination: &str| {
        format!(
            "  vpc: {{ type: AWS::EC2::VPC, properties: {{ CidrBlock: 10.0.0.0/16 }} }}\n  table:\n    for_each: [a, b]\n    \
             type: AWS::EC2::RouteTable\n    properties: {{ VpcId: \"${{vpc.VpcId}}\" }}\n  gate: {{ type: \
             AWS::EC2::InternetGateway }}\n  route:\n    for_each: [a, b]\n    type: AWS::EC2::Route\n    properties:\n      \
             RouteTableId: \"{table}\"\n      DestinationCidrBlock: \"{destination}\"\n      GatewayId: \
             \"${{gate.InternetGatewayId}}\"\n"
        )
    };
    assert_eq!(refused(&route("${table[each.key].RouteTableId}", "0.0.0.0/0")), "");
    let error = refused(&route("${table[\"a\"].RouteTableId}".replace('"', "'").as_str(), "0.0.0.0/0"));
    assert!(error.contains(r#"`route["a"]` and `route["b"]` are one AWS::EC2::Route"#), "{error}");
}

#[test]
fn a_region_of_its_own_makes_another_queue_and_no_other_role() {
    let pair = |kind: &str, name: &str| {
        format!(
            "  a: {{ type: '{kind}', properties: {{ {name} }} }}\n  b: {{ type: '{kind}', region: us-east-1, properties: {{ \
             {name} }} }}\n"
        )
    };
    assert_eq!(refused(&pair("AWS::SQS::Queue", "QueueName: emails")), "");
    let policy = "AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] }";
    let error = refused(&pair("AWS::IAM::Role", &format!("RoleName: app, {policy}")));
    assert!(error.contains("`a` and `b` are one AWS::IAM::Role: RoleName app"), "{error}");
}
