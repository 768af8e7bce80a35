//! What can exist only once decides the order of a replacement.

use crate::emulators::Backend;
use crate::environment::TestEnvironment;
use crate::proxy::{Hold, Routes};

const HEAD: &str = "project: shop\nregion: us-west-2\nephemeral: true\nresources:\n";

fn write(environment: &TestEnvironment, resources: &str) {
    environment.write("stacks/dev.yaml", &format!("{HEAD}{resources}"));
}

fn applied(resources: &str) -> TestEnvironment {
    let environment = TestEnvironment::with_routes(Routes::default().with("elasticloadbalancing", Backend::Moto));
    write(&environment, resources);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.proxy.reset();
    environment
}

fn settles(environment: &TestEnvironment) {
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

/// The calls that make and delete, in their order.
fn writes(environment: &TestEnvironment) -> Vec<String> {
    let calls = environment.proxy.calls().into_iter().filter(|call| !call.reads());
    calls.map(|call| call.operation).collect()
}

const ZONE: &str = "  zone: { type: AWS::Route53::HostedZone, properties: { Name: shop.example } }\n";

fn record(properties: &str) -> String {
    format!(
        "{ZONE}  www:\n    type: AWS::Route53::RecordSet\n    properties: {{ HostedZoneId: '${{zone.Id}}', Name: \
         www.shop.example, TTL: '60', {properties} }}\n"
    )
}

const ALIAS: &str = "Type: CNAME, ResourceRecords: [other.example]";
const ADDRESS: &str = "Type: A, ResourceRecords: [192.0.2.1]";

#[test]
fn a_record_of_another_type_takes_the_place_of_the_former_in_one_call() {
    for (from, to) in
        [(ALIAS, ADDRESS), (ADDRESS, "Type: A, ResourceRecords: [192.0.2.1], SetIdentifier: blue, Weight: 1")]
    {
        let environment = applied(&record(from));
        write(&environment, &record(to));
        let plan = environment.run(&["plan"]).expect(0);
        assert!(plan.stdout.contains("replace, in one call: "), "{plan}");
        environment.run(&["apply", "--yes"]).expect(0);
        assert_eq!(writes(&environment), ["ChangeResourceRecordSets"]);
        settles(&environment);
        environment.run(&["destroy", "--yes"]).expect(0);
    }
}

#[test]
fn a_run_that_was_killed_while_a_record_took_the_place_of_another_is_finished() {
    for at in [Hold::BeforeSending, Hold::BeforeAnswering] {
        let environment = applied(&record(ALIAS));
        write(&environment, &record(ADDRESS));
        environment.kill_at(&["apply", "--yes"], "route53:ChangeResourceRecordSets", at);
        environment.proxy.reset();
        environment.run(&["apply", "--yes", "--lock-timeout", "1m"]).expect(0);
        assert!(writes(&environment).iter().filter(|call| *call == "ChangeResourceRecordSets").count() <= 1);
        settles(&environment);
        environment.run(&["destroy", "--yes"]).expect(0);
        assert_eq!(environment.run(&["state", "list"]).expect(0).stdout, "");
    }
}

#[test]
fn records_that_are_in_each_others_way_are_told_at_once() {
    let environment = TestEnvironment::new();
    let other = "  other:\n    type: AWS::Route53::RecordSet\n    properties: { HostedZoneId: '${zone.Id}', Name: \
                 WWW.shop.example., TTL: '60', Type: A, ResourceRecords: [192.0.2.1] }\n";
    write(&environment, &format!("{}{other}", record(ALIAS)));
    let refused = environment.run(&["validate"]).expect(3);
    assert!(refused.stderr.contains("`www` and `other` are in each other's way"), "{refused}");
    assert_eq!(environment.proxy.calls().len(), 0);
}

fn network(zone: &str, block: &str) -> String {
    format!(
        "  vpc: {{ type: AWS::EC2::VPC, properties: {{ CidrBlock: 10.0.0.0/16 }} }}\n  subnet: {{ type: AWS::EC2::Subnet, \
         properties: {{ VpcId: '${{vpc.VpcId}}', CidrBlock: {block}, AvailabilityZone: us-west-2{zone} }} }}\n  table: {{ type: \
         AWS::EC2::RouteTable, properties: {{ VpcId: '${{vpc.VpcId}}' }} }}\n  joined: {{ type: \
         AWS::EC2::SubnetRouteTableAssociation, properties: {{ SubnetId: '${{subnet.SubnetId}}', RouteTableId: \
         '${{table.RouteTableId}}' }} }}\n"
    )
}

#[test]
fn a_subnet_that_keeps_its_block_in_another_zone_goes_first_and_another_block_does_not() {
    let environment = applied(&network("a", "10.0.0.0/24"));
    write(&environment, &network("b", "10.0.0.0/24"));
    let plan = environment.run(&["plan"]).expect(0);
    assert!(
        plan.stdout
            .contains("replace, delete first: AvailabilityZone cannot be updated, there can be only one with VpcId"),
        "{plan}"
    );
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(writes(&environment), ["DisassociateRouteTable", "DeleteSubnet", "CreateSubnet", "AssociateRouteTable"]);
    settles(&environment);
    environment.proxy.reset();
    write(&environment, &network("a", "10.0.1.0/24"));
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(writes(&environment).first().map(String::as_str), Some("CreateSubnet"));
    settles(&environment);
}

fn balanced(balancer: &str, group: &str) -> String {
    let subnet = |name: &str, number: u8| {
        format!(
            "  {name}: {{ type: AWS::EC2::Subnet, properties: {{ VpcId: '${{vpc.VpcId}}', CidrBlock: 10.0.{number}.0/24, \
             AvailabilityZone: us-west-2{name} }} }}\n"
        )
    };
    format!(
        "  vpc: {{ type: AWS::EC2::VPC, properties: {{ CidrBlock: 10.0.0.0/16 }} }}\n{}{}  balancer: {{ type: \
         AWS::ElasticLoadBalancingV2::LoadBalancer, properties: {{ Subnets: ['${{a.SubnetId}}', '${{b.SubnetId}}'], {balancer} }} \
         }}\n  group: {{ type: AWS::ElasticLoadBalancingV2::TargetGroup, properties: {{ VpcId: '${{vpc.VpcId}}', Protocol: HTTP, \
         TargetType: ip, {group} }} }}\n  listener: {{ type: AWS::ElasticLoadBalancingV2::Listener, properties: {{ \
         LoadBalancerArn: '${{balancer.LoadBalancerArn}}', Port: 80, Protocol: HTTP, DefaultActions: [{{ Type: forward, \
         TargetGroupArn: '${{group.TargetGroupArn}}' }}] }} }}\n",
        subnet("a", 0),
        subnet("b", 1)
    )
}

#[test]
fn a_target_group_in_use_whose_name_is_fixed_is_refused_with_the_way_out() {
    let environment = applied(&balanced("Scheme: internal", "Name: fixed, Port: 80"));
    write(&environment, &balanced("Scheme: internal", "Name: fixed, Port: 81"));
    let refused = environment.run(&["apply", "--yes"]).expect(5);
    assert!(refused.stderr.contains("AWS does not delete it while listener uses it"), "{refused}");
    assert!(refused.stderr.contains("a name of its own or none"), "{refused}");
    assert_eq!(writes(&environment), [""; 0]);
    write(&environment, &balanced("Scheme: internal", "Port: 81"));
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(writes(&environment), ["CreateTargetGroup", "ModifyListener", "DeleteTargetGroup"]);
    settles(&environment);
}

#[test]
fn a_listener_gives_the_target_group_free_when_its_new_load_balancer_is_there() {
    let environment = applied(&balanced("Scheme: internal", "Port: 80"));
    write(&environment, &balanced("Scheme: internet-facing", "Port: 80"));
    environment.run(&["apply", "--yes"]).expect(0);
    let made = writes(&environment);
    let place = |call: &str| made.iter().position(|made| made == call).expect(call);
    assert!(place("CreateLoadBalancer") < place("DeleteListener"), "{made:?}");
    assert!(place("DeleteListener") < place("CreateListener"), "{made:?}");
    settles(&environment);
}

#[test]
fn nothing_is_taken_off_a_subnet_that_somebody_uses() {
    let environment = applied(&network("a", "10.0.0.0/24"));
    use_subnet(&environment);
    write(&environment, &network("b", "10.0.0.0/24"));
    let refused = environment.run(&["apply", "--yes"]).expect(5);
    assert!(refused.stderr.contains("in use by eni-"), "{refused}");
    assert!(refused.stderr.contains("(somebody's machine)"), "{refused}");
    assert_eq!(writes(&environment), [""; 0]);
}

fn use_subnet(environment: &TestEnvironment) {
    environment.behind_our_back(async |context| {
        let subnets = context.ec2().describe_subnets().send().await.expect("subnets");
        let subnet = subnets.subnets().iter().find(|one| one.cidr_block() == Some("10.0.0.0/24")).expect("the subnet");
        let call = context.ec2().create_network_interface().subnet_id(subnet.subnet_id().unwrap_or_default());
        call.description("somebody's machine").send().await.expect("an interface");
    });
    environment.proxy.reset();
}

#[test]
fn a_deletion_that_something_blocks_names_it() {
    let environment = applied(
        &network("a", "10.0.0.0/24")
            .replace("subnet: { type: AWS::EC2::Subnet,", "subnet: { type: AWS::EC2::Subnet, timeout: 3s,"),
    );
    use_subnet(&environment);
    environment.proxy.on("ec2:DeleteSubnet").fail(
        400,
        "DependencyViolation",
        "The subnet has dependencies and cannot be deleted.",
    );
    let failed = environment.run(&["destroy", "--yes"]).expect(1);
    assert!(failed.stderr.contains("in the way: eni-"), "{failed}");
    assert!(failed.stderr.contains("(somebody's machine)"), "{failed}");
}

fn zones(numbers: &[(&str, u8)], with_balancer: bool) -> String {
    let blocks: String = numbers.iter().map(|(zone, number)| format!("{zone}: 10.0.{number}.0/24, ")).collect();
    let balancer = "  balancer: { type: AWS::ElasticLoadBalancingV2::LoadBalancer, properties: { Scheme: internal, Subnets: \
                    \"${subnet.map(zone, subnet[zone].SubnetId)}\" } }\n";
    format!(
        "  vpc: {{ type: AWS::EC2::VPC, properties: {{ CidrBlock: 10.0.0.0/16 }} }}\n  subnet:\n    for_each: {{ {blocks} }}\n    \
         type: AWS::EC2::Subnet\n    properties: {{ VpcId: '${{vpc.VpcId}}', CidrBlock: '${{each.value}}', AvailabilityZone: \
         'us-west-2${{each.key}}' }}\n{}",
        if with_balancer { balancer } else { "" }
    )
}

#[test]
fn a_zone_in_the_middle_moves_the_blocks_after_it_one_by_one() {
    let (before, after) = (&[("a", 0), ("c", 1), ("d", 2)], &[("a", 0), ("b", 1), ("c", 2), ("d", 3)]);
    let environment = applied(&zones(before, false));
    write(&environment, &zones(after, false));
    let plan = environment.run(&["plan"]).expect(0);
    assert!(plan.stdout.contains("waits until subnet[\"c\"] is out of the way"), "{plan}");
    environment.run(&["apply", "--yes"]).expect(0);
    let order = ["CreateSubnet", "DeleteSubnet", "CreateSubnet", "DeleteSubnet", "CreateSubnet"];
    assert_eq!(writes(&environment), order);
    settles(&environment);
}

#[test]
fn a_zone_in_the_middle_whose_blocks_are_in_use_is_refused_in_the_plan() {
    let (before, after) = (&[("a", 0), ("c", 1), ("d", 2)], &[("a", 0), ("b", 1), ("c", 2), ("d", 3)]);
    let environment = applied(&zones(before, true));
    write(&environment, &zones(after, true));
    let refused = environment.run(&["apply", "--yes"]).expect(5);
    assert!(
        refused.stderr.contains("hint: write at `subnet[\"b\"]` what is its own, a name or an address block that"),
        "{refused}"
    );
    assert_eq!(writes(&environment), [""; 0]);
}
