//! What an application's apply, plan and destroy cost in calls. The limits are tests; `make bench` also measures times, with
//! an AWS that takes 50 ms for each call.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::environment::TestEnvironment;
use crate::measurements::write_down;

/// What AWS takes for one call.
const CALL: Duration = Duration::from_millis(50);

/// A network, a cluster, and as many of the rest as `size` asks for: `size` 1 makes 61 resources.
fn application(size: usize, unique: &str) -> String {
    let mut text = "project: shop\nregion: us-west-2\nephemeral: true\nresources:\n".to_owned();
    let mut add = |name: &str, type_name: &str, properties: &str| {
        writeln!(text, "  {name}: {{ type: '{type_name}', properties: {{ {properties} }} }}").expect("a text");
    };
    add("vpc", "AWS::EC2::VPC", "CidrBlock: 10.0.0.0/16");
    add("gateway", "AWS::EC2::InternetGateway", "");
    add(
        "attachment",
        "AWS::EC2::VPCGatewayAttachment",
        "VpcId: '${vpc.VpcId}', InternetGatewayId: '${gateway.InternetGatewayId}'",
    );
    add("routes", "AWS::EC2::RouteTable", "VpcId: '${vpc.VpcId}'");
    add(
        "route",
        "AWS::EC2::Route",
        "RouteTableId: '${routes.RouteTableId}', DestinationCidrBlock: 0.0.0.0/0, GatewayId: '${attachment.InternetGatewayId}'",
    );
    add("zone", "AWS::Route53::HostedZone", "Name: shop.example");
    add("cluster", "AWS::ECS::Cluster", "");
    for n in 0..6 * size {
        add(&format!("subnet{n}"), "AWS::EC2::Subnet", &format!("VpcId: '${{vpc.VpcId}}', CidrBlock: 10.0.{n}.0/24"));
        add(
            &format!("association{n}"),
            "AWS::EC2::SubnetRouteTableAssociation",
            &format!("SubnetId: '${{subnet{n}.SubnetId}}', RouteTableId: '${{routes.RouteTableId}}'"),
        );
        add(
            &format!("group{n}"),
            "AWS::EC2::SecurityGroup",
            "VpcId: '${vpc.VpcId}', GroupDescription: of the shop, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 80, \
             ToPort: 80, CidrIp: 0.0.0.0/0 }]",
        );
        add(&format!("failed{n}"), "AWS::SQS::Queue", "MessageRetentionPeriod: 1209600");
        add(
            &format!("jobs{n}"),
            "AWS::SQS::Queue",
            &format!("RedrivePolicy: {{ deadLetterTargetArn: '${{failed{n}.Arn}}', maxReceiveCount: 5 }}"),
        );
        add(&format!("logs{n}"), "AWS::Logs::LogGroup", "RetentionInDays: 14");
        add(
            &format!("record{n}"),
            "AWS::Route53::RecordSet",
            &format!(
                "HostedZoneId: '${{zone.Id}}', Name: 'r{n}.shop.example', Type: A, TTL: '60', ResourceRecords: [10.0.0.1]"
            ),
        );
        add(
            &format!("role{n}"),
            "AWS::IAM::Role",
            &format!(
                "AssumeRolePolicyDocument: {{ Version: '2012-10-17', Statement: [{{ Effect: Allow, Principal: {{ Service: \
                 ecs-tasks.amazonaws.com }}, Action: 'sts:AssumeRole' }}] }}, Policies: [{{ PolicyName: jobs, PolicyDocument: \
                 {{ Version: '2012-10-17', Statement: [{{ Effect: Allow, Action: 'sqs:*', Resource: '${{jobs{n}.Arn}}' }}] }} }}]"
            ),
        );
        add(&format!("bucket{n}"), "AWS::S3::Bucket", &format!("BucketName: '{unique}-{n}'"));
    }
    text
}

fn by_operation(environment: &TestEnvironment) -> BTreeMap<String, usize> {
    let mut calls = BTreeMap::new();
    for call in environment.proxy.calls() {
        *calls.entry(call.to_string()).or_default() += 1;
    }
    calls
}

/// Runs a command and counts its calls.
fn counted(environment: &TestEnvironment, arguments: &[&str]) -> (usize, BTreeMap<String, usize>) {
    environment.proxy.reset();
    environment.run(arguments).expect(0);
    let calls = by_operation(environment);
    (calls.values().sum(), calls)
}

#[test]
fn an_application_of_61_resources_costs_few_calls() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &application(1, &environment.unique));
    for (arguments, most) in
        [(&["apply", "--yes"], 169), (&["plan", "--detailed-exitcode"], 70), (&["destroy", "--yes"], 130)]
    {
        let (calls, by_operation) = counted(&environment, arguments);
        assert!(calls <= most, "{arguments:?} made {calls} calls: {by_operation:#?}");
    }
}

#[test]
fn the_baselines_of_a_stack_that_lasts_cost_few_calls_more() {
    let calls = |head: &str| {
        let environment = TestEnvironment::new();
        let text = application(1, &environment.unique).replace("ephemeral: true\n", head);
        environment.write("stacks/dev.yaml", &text);
        let (made, by_operation) = counted(&environment, &["apply", "--yes"]);
        let (unchanged, _) = counted(&environment, &["apply", "--yes"]);
        environment.proxy.reset();
        for unknown in ["logs:DescribeIndexPolicies", "logs:GetDataProtectionPolicy"] {
            environment.proxy.on(unknown).fail(
                404,
                "ResourceNotFoundException",
                "the emulator does not know this call",
            );
        }
        environment.run(&["drift", "--all"]).expect(0);
        let whole = environment.proxy.calls().len();
        println!("{head:?}: {made} to make it, {unchanged} to leave it, {whole} to compare it whole: {by_operation:?}");
        (made, unchanged)
    };
    let (made, unchanged) = calls("ephemeral: true\n");
    let (made_to_last, unchanged_then) = calls("");
    assert!(made_to_last - made <= 45, "{made} {made_to_last}");
    assert_eq!(unchanged, unchanged_then);
}

/// How long a command takes, and the most memory that it has at once, in MB.
struct Cost {
    seconds: f64,
    memory: f64,
    calls: usize,
}

impl Cost {
    fn of(environment: &TestEnvironment, arguments: &[&str]) -> Self {
        environment.proxy.reset();
        environment.proxy.on("*:*").delay(CALL);
        let start = Instant::now();
        let mut running = environment.start(arguments);
        let (status, mut memory) = (format!("/proc/{}/status", running.process()), 0.0);
        while !running.has_ended() {
            memory = peak(&fs::read_to_string(&status).unwrap_or_default()).unwrap_or(memory);
            std::thread::sleep(Duration::from_millis(2));
        }
        let seconds = start.elapsed().as_secs_f64();
        running.wait().expect(0);
        Self { seconds, memory, calls: environment.proxy.calls().len() }
    }
}

/// The most memory that a process has had, of Linux's account of it.
fn peak(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<f64>().ok()? / 1024.0)
}

#[test]
#[ignore = "measures time, so `make bench` runs it"]
fn what_an_application_costs_in_time() {
    for (size, commands) in
        [(1, [&["apply", "--yes"][..], &["plan"], &["destroy", "--yes"]].as_slice()), (16, &[&["plan"]])]
    {
        let environment = TestEnvironment::new();
        let text = application(size, &environment.unique);
        environment.write("stacks/dev.yaml", &text);
        // The emulators load most of themselves with the first call of a service.
        environment.run(&["apply", "--yes"]).expect(0);
        if size == 1 {
            environment.run(&["destroy", "--yes"]).expect(0);
        }
        for arguments in commands {
            let Cost { seconds, memory, calls } = Cost::of(&environment, arguments);
            let resources = text.matches("type:").count();
            let command = arguments.first().expect("a command");
            write_down(
                "application",
                json!({"command": command, "resources": resources, "seconds": seconds, "memory": memory, "calls": calls}),
            );
        }
    }
}
