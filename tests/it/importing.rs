//! What `infra import` takes, what it prints, and what it says of the rest.

use insta::assert_snapshot;

use crate::command_line::queues;
use crate::environment::TestEnvironment;

const NETWORK: &str = "project: shop\nregion: us-west-2\nresources:
  vpc:
    type: AWS::EC2::VPC
    properties: { CidrBlock: 10.0.0.0/16 }
";

const SUBNET: &str = "  subnet:
    type: AWS::EC2::Subnet
    properties:
      VpcId: ${vpc.VpcId}
      AvailabilityZone: us-west-2a
      CidrBlock: 10.0.1.0/24
      Tags: [{ Key: Name, Value: web }, { Key: empty, Value: \"\" }, { Key: number, Value: \"007\" }, { Key: script, Value: \"$${x}\" }]
";

const ZONE: &str = "project: shop\nregion: us-west-2\nresources:
  zone:
    type: AWS::Route53::HostedZone
    protect: false
    properties: { Name: shop.example }
";

const RECORDS: &str = "  apex:
    type: AWS::Route53::RecordSet
    properties: { HostedZoneId: \"${zone.Id}\", Name: shop.example, Type: TXT, TTL: \"60\", ResourceRecords: ['\"a b\"'] }
  dkim:
    type: AWS::Route53::RecordSet
    properties: { HostedZoneId: \"${zone.Id}\", Name: one._domainkey.shop.example, Type: CNAME, TTL: \"60\", ResourceRecords: [a.test] }
  web:
    type: AWS::Route53::RecordSet
    properties: { HostedZoneId: \"${zone.Id}\", Name: www.shop.example, Type: A, TTL: \"60\", ResourceRecords: [192.0.2.1] }
  web6:
    type: AWS::Route53::RecordSet
    properties: { HostedZoneId: \"${zone.Id}\", Name: www.shop.example, Type: AAAA, TTL: \"60\", ResourceRecords: [\"2001:db8::1\"] }
";

#[test]
fn a_name_alone_is_of_the_type_of_the_resource_that_it_is_to_be() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["state", "rm", "failed"]).expect(0);
    assert_snapshot!(environment.run(&["import", "shop-dev-failed.fifo"]).expect(1).stderr.lines().next().unwrap(), @"error: `shop-dev-failed.fifo` does not say what it is");
    environment.run(&["import", "shop-dev-failed.fifo", "--as", "failed"]).expect(0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn an_arn_says_where_the_object_is() {
    let environment = queues();
    let account = environment.account.clone();
    let import = |arn: &str, further: &[&str]| {
        let arguments = [&["import", arn], further].concat();
        environment.run(&arguments).expect(1).stderr
    };
    let foreign = import("arn:aws:sqs:us-west-2:999999999999:jobs", &[]);
    assert_snapshot!(foreign, @"error: arn:aws:sqs:us-west-2:999999999999:jobs is in account 999999999999, and the credentials are for account <account>");
    let china = import(&format!("arn:aws-cn:sqs:us-west-2:{account}:jobs"), &[]);
    assert_snapshot!(china, @"error: arn:aws-cn:sqs:us-west-2:<account>:jobs is in the partition aws-cn, and us-west-2 is in aws");
    let apart = format!("arn:aws:sqs:eu-west-1:{account}:jobs");
    assert_snapshot!(import(&apart, &["--as", "jobs"]), @"error: arn:aws:sqs:eu-west-1:<account>:jobs is in eu-west-1, and what it is to be is in us-west-2");
    assert_snapshot!(import(&apart, &[]), @"
    error: eu-west-1 has no object called arn:aws:sqs:eu-west-1:<account>:jobs
    hint: check the name, the region and the account
    ");
}

#[test]
fn an_object_of_another_region_is_printed_with_its_region() {
    let environment = queues();
    environment.behind_our_back(async |cx| {
        let created = cx.in_region("eu-west-1").sqs().create_queue().queue_name("far-away").send().await;
        created.expect("a queue");
    });
    let arn = format!("arn:aws:sqs:eu-west-1:{}:far-away", environment.account);
    let pasted = environment.run(&["import", &arn, "--as", "far"]).expect(0).stdout;
    assert_snapshot!(pasted, @"
      far:
        type: AWS::SQS::Queue
        region: eu-west-1
        import: http://<endpoint>/<account>/far-away
        properties:
          QueueName: far-away
    ");
}

#[test]
fn what_is_printed_refers_to_what_the_stack_has() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &format!("{NETWORK}{SUBNET}"));
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["state", "rm", "subnet"]).expect(0);
    environment.write("stacks/dev.yaml", NETWORK);
    let printed = environment.run_raw(&["import", "AWS::EC2::Subnet:web"]).expect(0).stdout;
    assert_snapshot!(environment.normalizer().apply(&printed), @r#"
      # Never read back, so not here: EnableLniAtDeviceIndex. Write what infra is to set.
      web:
        type: AWS::EC2::Subnet
        import: subnet-<id>
        properties:
          AvailabilityZone: us-west-2a
          CidrBlock: 10.0.1.0/24
          Tags:
            - Key: Name
              Value: web
            - Key: empty
              Value: ""
            - Key: number
              Value: "007"
            - Key: script
              Value: $${x}
          VpcId: ${vpc.VpcId}
    "#);
    environment.write("stacks/dev.yaml", &format!("{NETWORK}{printed}"));
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_new_name_is_one_that_the_file_can_have() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    let import = |name: &str| environment.run(&["import", "sqs:shop-dev-jobs.fifo", "--as", name]).expect(1).stderr;
    assert_snapshot!(import("jobs"), @"error: the object is in state already, as `jobs`");
    environment.run(&["state", "rm", "jobs"]).expect(0);
    assert_snapshot!(import("config"), @"error: a resource cannot be named `config`: the word has a meaning in expressions");
    assert_snapshot!(import("failed"), @"error: failed is in state already, with another object");
    let printed = environment.run(&["import", "sqs:shop-dev-jobs.fifo", "--as", "tasks", "--json"]).expect(0).stdout;
    let printed: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(printed["resources"]["tasks"]["properties"]["RedrivePolicy"]["deadLetterTargetArn"], "${failed.Arn}");
}

#[test]
fn zones_and_records_go_by_their_names() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &format!("{ZONE}{RECORDS}"));
    environment.run(&["apply", "--yes"]).expect(0);
    for address in ["apex", "dkim", "web", "web6", "zone"] {
        environment.run(&["state", "rm", address]).expect(0);
    }
    environment.write("stacks/dev.yaml", "project: shop\nregion: us-west-2\n");
    let printed = |object: &str| environment.run(&["import", object]).expect(0).stdout;
    let zone = printed("AWS::Route53::HostedZone:shop.example");
    assert!(zone.contains("type: AWS::Route53::HostedZone") && zone.contains("Name: shop.example"), "{zone}");
    // The zone, and its only record beside those that every zone has.
    let both = printed("route53:shop.example");
    assert!(both.contains("type: AWS::Route53::HostedZone") && both.contains("Type: TXT"), "{both}");
    let dkim = printed("route53:one._domainkey.shop.example");
    assert!(dkim.contains("one_domainkey_shop_example:") || dkim.contains("one__domainkey_shop_example:"), "{dkim}");
    assert!(printed("route53:www.shop.example/AAAA").contains("2001:db8::1"));
    let several = environment.run(&["import", "route53:www.shop.example"]).expect(1).stderr;
    assert!(several.contains("www.shop.example has several records: say which of www.shop.example|"), "{several}");
    let nothing = environment.run(&["import", "route53:none.example"]).expect(1).stderr;
    assert!(nothing.contains("us-west-2 has no route53 called none.example"), "{nothing}");
}

#[test]
fn the_option_takes_the_same_forms_and_says_which_there_are() {
    let environment = queues();
    let association = |import: &str| {
        let head = "project: shop\nregion: us-west-2\nresources:\n  routes:\n    type: AWS::EC2::SubnetRouteTableAssociation\n";
        let properties = "    properties: { SubnetId: subnet-0a1b2c3d, RouteTableId: rtb-0a1b2c3d }\n";
        environment.write("stacks/dev.yaml", &format!("{head}    import: {import}\n{properties}"));
        environment.run(&["plan"]).expect(3).stderr
    };
    let unclear = association("main");
    assert!(unclear.contains("`main` names no AWS::EC2::SubnetRouteTableAssociation"), "{unclear}");
    assert!(unclear.contains("what does is `rtbassoc-ID`, `rtb-ID|subnet-ID`"), "{unclear}");
    let missing = association("rtb-0a1b2c3d|subnet-0a1b2c3d");
    assert!(missing.contains("no AWS::EC2::SubnetRouteTableAssociation is called"), "{missing}");
}
