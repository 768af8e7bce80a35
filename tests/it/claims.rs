//! Whose object it is: nothing of another stack is taken or lost, and nothing of the own stack by a word in the file.

use std::collections::BTreeSet;

use infra::aws::Context;

use crate::environment::{Output, TestEnvironment};
use crate::proxy::Hold;

const PROD: &str = "project: shop\nregion: us-west-2\nresources:\n  jobs: { type: 'AWS::SQS::Queue' }\n";

/// A preview with production's queue in it, written in one way or another.
fn preview(jobs: &str) -> String {
    format!(
        "match: 'pr-*'\nproject: shop\nregion: us-west-2\nephemeral: true\nresources:\n  jobs: {{ type: 'AWS::SQS::Queue', {jobs} }}\n"
    )
}

const BY_IMPORT: &str = "import: shop-prod-jobs, properties: { QueueName: shop-prod-jobs }";

fn with_production() -> TestEnvironment {
    let environment = TestEnvironment::new();
    environment.write("stacks/prod.yaml", PROD);
    environment.run(&["apply", "--stack", "prod", "--yes"]).expect(0);
    environment
}

/// The writes of a run, without what differs from run to run.
fn writes(environment: &TestEnvironment) -> Vec<String> {
    environment.proxy.calls().iter().filter(|call| !call.reads()).map(ToString::to_string).collect()
}

#[test]
fn a_preview_does_not_import_what_production_owns() {
    let environment = with_production();
    environment.write("stacks/pr.yaml", &preview(BY_IMPORT));
    environment.proxy.reset();
    let run = environment.run(&["apply", "--stack", "pr-7", "--yes"]).expect(5);
    assert!(run.stderr.contains("belongs to shop/prod, as `jobs`"), "{run}");
    assert!(run.stderr.contains("an ephemeral stack takes nothing over: use it with `lookup`"), "{run}");
    environment.run(&["apply", "--stack", "pr-7", "--yes", "--take-over", "jobs"]).expect(5);
    environment.run(&["import", "sqs:shop-prod-jobs", "--as", "jobs", "--stack", "pr-7", "--take-over"]).expect(5);
    environment.run(&["destroy", "--stack", "pr-7", "--yes"]).expect(0);
    assert_eq!(writes(&environment), Vec::<String>::new());
    environment.write("stacks/pr.yaml", &preview("lookup: { QueueName: shop-prod-jobs }"));
    environment.run(&["apply", "--stack", "pr-7", "--yes"]).expect(0);
    environment.run(&["destroy", "--stack", "pr-7", "--yes"]).expect(0);
    assert_eq!(writes(&environment), Vec::<String>::new());
}

/// Another lasting stack that writes production's queue.
const OTHER: &str = "project: jobs\nregion: us-west-2\nresources:\n  queue: { type: 'AWS::SQS::Queue', properties: { QueueName: shop-prod-jobs } }\n";

#[test]
fn another_stacks_object_is_not_imported_by_command() {
    let environment = with_production();
    environment.write("stacks/other.yaml", OTHER);
    environment.write("stacks/empty.yaml", "project: jobs\nregion: us-west-2\nresources: {}\n");
    environment.proxy.reset();
    for stack in ["other", "empty"] {
        let run = environment.run(&["import", "sqs:shop-prod-jobs", "--stack", stack]).expect(5);
        assert!(run.stderr.contains("belongs to shop/prod, as `jobs`"), "{run}");
        assert!(run.stderr.contains("`lookup`") && run.stderr.contains("--take-over"), "{run}");
        assert!(!run.stdout.contains("import:"), "{run}");
    }
    assert_eq!(environment.run(&["state", "list", "--stack", "other"]).expect(0).stdout, "");
    assert_eq!(writes(&environment), Vec::<String>::new());
}

#[test]
fn what_is_taken_over_by_command_is_this_stacks_at_once() {
    let environment = with_production();
    environment.write("stacks/other.yaml", OTHER);
    environment.proxy.reset();
    let run = environment.run(&["import", "sqs:shop-prod-jobs", "--stack", "other", "--take-over"]).expect(0);
    assert!(run.stderr.contains("only its ownership tags were changed in AWS"), "{run}");
    assert_eq!(writes(&environment), ["sqs:TagQueue"]);
    environment.run(&["plan", "--stack", "other", "--detailed-exitcode"]).expect(0);
    former_owner_lets_go(&environment);
}

#[test]
fn what_is_taken_over_by_an_apply_is_this_stacks_from_then_on() {
    let environment = with_production();
    let import = OTHER.replace("properties:", "import: shop-prod-jobs, properties:");
    environment.write("stacks/other.yaml", &import);
    environment.run(&["apply", "--stack", "other", "--yes"]).expect(5);
    let plan = environment.run(&["plan", "--stack", "other", "--take-over", "queue"]).expect(0);
    assert!(plan.stdout.contains("takes it over from shop/prod, as `jobs`"), "{plan}");
    environment.proxy.reset();
    environment.run(&["apply", "--stack", "other", "--yes", "--take-over", "queue"]).expect(0);
    assert_eq!(writes(&environment), ["sqs:TagQueue"]);
    environment.run(&["plan", "--stack", "other", "--detailed-exitcode"]).expect(0);
    former_owner_lets_go(&environment);
    // Its new stack may delete it like anything else of its own.
    environment.run(&["destroy", "--stack", "other", "--yes"]).expect(5);
    environment.run(&["destroy", "--stack", "other", "--yes", "--allow-destroy", "queue"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 1);
}

/// The stack that an object was taken from changes nothing of it, and drops it with its resource.
fn former_owner_lets_go(environment: &TestEnvironment) {
    let taken =
        |output: Output| assert!(output.stderr.contains("belongs to jobs/other, as `queue` by now"), "{output}");
    environment.proxy.reset();
    taken(environment.run(&["apply", "--stack", "prod", "--yes"]).expect(5));
    let changed =
        PROD.replace("'AWS::SQS::Queue' }", "'AWS::SQS::Queue', protect: false, properties: { FifoQueue: true } }");
    environment.write("stacks/prod.yaml", &changed);
    taken(environment.run(&["apply", "--stack", "prod", "--yes", "--allow-destroy", "jobs"]).expect(5));
    let run = environment.run(&["destroy", "--stack", "prod", "--yes"]).expect(0);
    assert!(run.stderr.contains("stays in AWS: belongs to jobs/other, as `queue` by now"), "{run}");
    assert_eq!(environment.run(&["state", "list", "--stack", "prod"]).expect(0).stdout, "");
    assert_eq!(writes(environment), Vec::<String>::new());
}

#[test]
fn what_was_taken_away_is_taken_back_on_purpose() {
    let environment = with_production();
    environment.write("stacks/other.yaml", OTHER);
    environment.run(&["import", "sqs:shop-prod-jobs", "--stack", "other", "--take-over"]).expect(0);
    environment.run(&["apply", "--stack", "prod", "--yes"]).expect(5);
    environment.run(&["apply", "--stack", "prod", "--yes", "--take-over", "jobs"]).expect(0);
    environment.run(&["plan", "--stack", "prod", "--detailed-exitcode"]).expect(0);
    let run = environment.run(&["plan", "--stack", "other"]).expect(5);
    assert!(run.stdout.contains("belongs to shop/prod, as `jobs` by now"), "{run}");
}

#[test]
fn a_takeover_that_was_cut_off_is_finished_by_the_next_apply() {
    let environment = with_production();
    environment.write("stacks/other.yaml", OTHER);
    let import = ["import", "sqs:shop-prod-jobs", "--stack", "other", "--take-over"];
    environment.kill_at(&import, "sqs:TagQueue", Hold::BeforeSending);
    environment.run(&["apply", "--stack", "other", "--yes"]).expect(0);
    environment.run(&["plan", "--stack", "other", "--detailed-exitcode"]).expect(0);
    environment.run(&["apply", "--stack", "prod", "--yes"]).expect(5);
}

#[test]
fn what_a_preview_imported_is_protected_in_it() {
    let environment = TestEnvironment::new();
    environment.write("stacks/prod.yaml", PROD);
    environment.run(&["apply", "--stack", "prod", "--yes"]).expect(0);
    // As a queue that no stack made: without the tags.
    environment.write(
        "stacks/prod.yaml",
        &PROD.replace("'AWS::SQS::Queue'", "'AWS::SQS::Queue', lookup: { QueueName: shop-prod-jobs }"),
    );
    environment.run(&["apply", "--stack", "prod", "--yes"]).expect(0);
    environment.write("stacks/pr.yaml", &preview(BY_IMPORT));
    environment.run(&["apply", "--stack", "pr-7", "--yes"]).expect(0);
    for file in [true, false] {
        if !file {
            std::fs::remove_file(environment.folder().join("stacks/pr.yaml")).expect("a file");
        }
        let run = environment.run(&["destroy", "--stack", "pr-7", "--yes"]).expect(5);
        assert!(run.stderr.contains("protected, as it was imported"), "{run}");
        assert!(run.stderr.contains("`infra state rm`") && run.stderr.contains("`on_delete: retain`"), "{run}");
    }
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 0);
    environment.run(&["destroy", "--stack", "pr-7", "--yes", "--allow-destroy", "jobs"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 1);
}

#[test]
fn what_becomes_a_lookup_stays_in_aws_and_is_nobodys() {
    for ephemeral in [true, false] {
        let environment = TestEnvironment::new();
        let stack = |vpc: &str| {
            format!(
                "project: shop\nregion: us-west-2\nephemeral: {ephemeral}\nresources:\n  vpc: {{ type: 'AWS::EC2::VPC', \
                 {vpc} }}\n  table: {{ type: 'AWS::EC2::RouteTable', properties: {{ VpcId: '${{vpc.VpcId}}' }} }}\n"
            )
        };
        environment.write("stacks/dev.yaml", &stack("properties: { CidrBlock: 10.7.0.0/16 }"));
        environment.run(&["apply", "--yes"]).expect(0);
        environment.write("stacks/dev.yaml", &stack("lookup: { CidrBlock: 10.7.0.0/16 }"));
        environment.proxy.reset();
        let run = environment.run(&["apply", "--yes"]).expect(0);
        assert!(run.stderr.contains("looked up by now: stays in AWS, without this stack's ownership tags"), "{run}");
        assert_eq!(writes(&environment), ["ec2:DeleteTags"]);
        let names: BTreeSet<_> = (1..4)
            .map(|number| {
                environment.proxy.matching("ec2:DeleteTags")[0].parameter(&format!("Tag.{number}.Key")).to_owned()
            })
            .collect();
        assert_eq!(names, ["infra:address", "infra:project", "infra:stack"].map(str::to_owned).into());
        environment.run(&["plan", "--detailed-exitcode"]).expect(0);
        environment.run(&["destroy", "--yes"]).expect(0);
        assert_eq!(environment.proxy.count("ec2:DeleteVpc"), 0);
    }
}

#[test]
fn what_another_name_looks_up_is_not_deleted_with_its_resource() {
    let environment = TestEnvironment::new();
    let stack =
        |resources: &str| format!("project: shop\nregion: us-west-2\nephemeral: true\nresources:\n  {resources}\n");
    environment
        .write("stacks/dev.yaml", &stack("vpc: { type: 'AWS::EC2::VPC', properties: { CidrBlock: 10.8.0.0/16 } }"));
    environment.run(&["apply", "--yes"]).expect(0);
    environment
        .write("stacks/dev.yaml", &stack("shared: { type: 'AWS::EC2::VPC', lookup: { CidrBlock: 10.8.0.0/16 } }"));
    let run = environment.run(&["apply", "--yes"]).expect(0);
    assert!(run.stderr.contains("looked up by now: stays in AWS"), "{run}");
    assert_eq!(environment.proxy.count("ec2:DeleteVpc"), 0);
    assert_eq!(environment.run(&["state", "list"]).expect(0).stdout, "");
}

#[test]
fn protection_goes_by_the_stricter_of_file_and_state() {
    let environment = TestEnvironment::new();
    let stack = |options: &str, fifo: bool| {
        format!(
            "project: shop\nregion: us-west-2\nresources:\n  jobs: {{ type: 'AWS::SQS::Queue', {options} properties: {{ \
             FifoQueue: {fifo} }} }}\n"
        )
    };
    environment.write("stacks/dev.yaml", &stack("protect: false,", false));
    environment.run(&["apply", "--yes"]).expect(0);
    // What is taken out of the file counts at once, and so does the type's default.
    environment.write("stacks/dev.yaml", &stack("", true));
    let run = environment.run(&["apply", "--yes"]).expect(5);
    assert!(run.stderr.contains("protected; name it with --allow-destroy to replace it"), "{run}");
    environment.write("stacks/dev.yaml", &stack("", false));
    environment.run(&["apply", "--yes"]).expect(0);
    // What is written to take protection back counts from the next apply on.
    environment.write("stacks/dev.yaml", &stack("protect: false,", true));
    let run = environment.run(&["apply", "--yes"]).expect(5);
    assert!(run.stderr.contains("protected until `protect: false` is applied"), "{run}");
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 0);
    environment.write("stacks/dev.yaml", &stack("protect: false,", false));
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &stack("protect: false,", true));
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 1);
}

/// A preview of everything whose end differs between lasting and ephemeral stacks.
fn ephemeral(unique: &str) -> String {
    format!(
        "match: 'pr-*'\nproject: shop\nregion: us-west-2\nephemeral: true\nresources:\n  files: {{ type: 'AWS::S3::Bucket', \
         properties: {{ BucketName: '{unique}-files' }} }}\n  key: {{ type: 'AWS::SecretsManager::Secret', properties: {{ \
         SecretString: x }} }}\n  far: {{ type: 'AWS::SQS::Queue', region: eu-west-1, depends_on: [key] }}\n"
    )
}

fn put_object(environment: &TestEnvironment, bucket: &str) {
    let put = async |cx: &Context| cx.s3().put_object().bucket(bucket).key("readme").send().await;
    environment.behind_our_back(put).expect("an object");
}

#[test]
fn an_ephemeral_stack_ends_the_same_with_its_file_without_it_and_with_a_broken_one() {
    let ends = |change: &dyn Fn(&TestEnvironment)| {
        let environment = TestEnvironment::new();
        environment.write("stacks/pr.yaml", &ephemeral(&environment.unique));
        environment.run(&["apply", "--stack", "pr-7", "--yes"]).expect(0);
        put_object(&environment, &format!("{}-files", environment.unique));
        change(&environment);
        environment.proxy.reset();
        let run = environment.run(&["destroy", "--stack", "pr-7", "--yes"]).expect(0);
        assert_eq!(environment.run(&["state", "list", "--stack", "pr-7"]).stdout, "", "{run}");
        let secret = &environment.proxy.matching("secretsmanager:DeleteSecret")[0];
        assert_eq!(secret.parameter("ForceDeleteWithoutRecovery"), "true", "{run}");
        let mut calls = writes(&environment);
        calls.sort();
        (calls, run)
    };
    let (with, _) = ends(&|_| {});
    assert!(with.iter().any(|call| call.contains("DeleteObjects")), "{with:?}");
    let (without, _) = ends(&|environment| {
        std::fs::remove_file(environment.folder().join("stacks/pr.yaml")).expect("a file");
    });
    let (broken, run) = ends(&|environment| {
        let text = ephemeral(&environment.unique);
        environment.write("stacks/pr.yaml", &text.replace("depends_on", "depend_on"));
    });
    assert!(run.stderr.contains("depend_on") && run.stderr.contains("goes by state alone"), "{run}");
    let (unreadable, _) = ends(&|environment| {
        environment.write("stacks/pr.yaml", &format!("{}  oops: [\n", ephemeral(&environment.unique)));
    });
    assert_eq!([&without, &broken, &unreadable], [&with; 3]);
}

#[test]
fn a_lasting_stack_does_not_end_as_an_ephemeral_one_because_its_file_says_so_now() {
    let environment = TestEnvironment::new();
    let stack = |ephemeral: bool| {
        format!(
            "project: shop\nregion: us-west-2\nephemeral: {ephemeral}\nresources:\n  key: {{ type: 'AWS::SecretsManager::Secret', protect: false, properties: {{ SecretString: x }} }}\n"
        )
    };
    environment.write("stacks/dev.yaml", &stack(false));
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &stack(true));
    let plan = environment.run(&["plan", "--detailed-exitcode"]).expect(2);
    assert!(plan.stdout.contains("ephemeral   false → true"), "{plan}");
    environment.run(&["destroy", "--yes"]).expect(0);
    let secret = &environment.proxy.matching("secretsmanager:DeleteSecret")[0];
    assert_ne!(secret.parameter("ForceDeleteWithoutRecovery"), "true");
}

#[test]
fn a_stack_that_becomes_ephemeral_ends_as_one_after_an_apply() {
    let environment = TestEnvironment::new();
    let stack = |ephemeral: bool| format!("{PROD}ephemeral: {ephemeral}\n");
    environment.write("stacks/dev.yaml", &stack(false));
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &stack(true));
    environment.run(&["destroy", "--yes"]).expect(5);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    environment.run(&["destroy", "--yes"]).expect(0);
}

/// What is refused because something is there already, and left as it is: nothing is recorded, nothing is written.
fn is_a_strangers(environment: &TestEnvironment, stack: &str) {
    environment.write("stacks/dev.yaml", stack);
    environment.proxy.reset();
    let run = environment.run(&["apply", "--yes"]).expect(1);
    assert!(
        run.stderr.contains("exists already and is not of this stack: import it, or use it with `lookup`"),
        "{run}"
    );
    assert_eq!(environment.run(&["state", "list"]).expect(0).stdout, "");
    environment.run(&["destroy", "--yes"]).expect(0);
    assert_eq!(writes(environment), Vec::<String>::new());
}

#[test]
fn a_strangers_empty_bucket_is_not_adopted() {
    for region in ["us-east-1", "us-west-2"] {
        let environment = TestEnvironment::new();
        let stack = |project: &str, files: &str| {
            format!(
                "project: {project}\nregion: {region}\nephemeral: true\nresources:\n  files: {{ type: 'AWS::S3::Bucket', \
                 {files}: {{ BucketName: '{}-files' }} }}\n",
                environment.unique
            )
        };
        // A bucket that nobody's tags name.
        for files in ["properties", "lookup"] {
            environment.write("stacks/other.yaml", &stack("other", files));
            environment.run(&["apply", "--yes", "--stack", "other"]).expect(0);
        }
        is_a_strangers(&environment, &stack("shop", "properties"));
        // Not even where a run that had just looked is cut off.
        environment.kill_at(&["apply", "--yes"], "s3:GetBucketTagging", Hold::BeforeAnswering);
        is_a_strangers(&environment, &stack("shop", "properties"));
    }
}

/// A network with things in it that have no tags.
const NETWORK: &str = "project: shop\nregion: us-west-2\nephemeral: true\nresources:\n  vpc: { type: 'AWS::EC2::VPC', \
                       properties: { CidrBlock: 10.9.0.0/16 } }\n  subnet: { type: 'AWS::EC2::Subnet', properties: { VpcId: \
                       '${vpc.VpcId}', CidrBlock: 10.9.1.0/24 } }\n  table: { type: 'AWS::EC2::RouteTable', properties: { \
                       VpcId: '${vpc.VpcId}' } }\n  gateway: { type: 'AWS::EC2::InternetGateway' }\n  zone: { type: \
                       'AWS::Route53::HostedZone', properties: { Name: shop.example } }\n";

const UNTAGGED: &str = "  attached: { type: 'AWS::EC2::VPCGatewayAttachment', properties: { VpcId: '${vpc.VpcId}', \
                        InternetGatewayId: '${gateway.InternetGatewayId}' } }\n  associated: { type: \
                        'AWS::EC2::SubnetRouteTableAssociation', properties: { SubnetId: '${subnet.SubnetId}', \
                        RouteTableId: '${table.RouteTableId}' } }\n  out: { type: 'AWS::EC2::Route', depends_on: \
                        [attached], properties: { RouteTableId: '${table.RouteTableId}', DestinationCidrBlock: 0.0.0.0/0, \
                        GatewayId: '${gateway.InternetGatewayId}' } }\n  record: { type: 'AWS::Route53::RecordSet', \
                        properties: { HostedZoneId: '${zone.Id}', Name: api.shop.example, Type: A, TTL: '60', \
                        ResourceRecords: [10.0.0.1] } }\n";

#[test]
fn what_has_no_tags_is_adopted_only_where_an_intent_says_so() {
    for untagged in [&["attached", "associated", "record"][..], &["out"]] {
        let environment = TestEnvironment::new();
        environment.write("stacks/dev.yaml", &format!("{NETWORK}{UNTAGGED}"));
        environment.run(&["apply", "--yes"]).expect(0);
        // As somebody else's: state knows nothing of them any more.
        environment.run(&[&["state", "rm"], untagged].concat()).expect(0);
        environment.proxy.reset();
        for attempt in ["in one go", "and again"] {
            let run = environment.run(&["apply", "--yes", "--json"]).expect(1);
            let told: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
            let refused = told["outcomes"].to_string().matches("exists already and is not of this stack").count();
            assert_eq!(refused, untagged.len(), "{attempt}: {run}");
            let known = environment.run(&["state", "list"]).expect(0).stdout;
            assert!(untagged.iter().all(|name| !known.contains(&format!("{name} "))), "{attempt}: {known}");
        }
        assert_eq!(writes(&environment), Vec::<String>::new());
    }
}

#[test]
fn records_that_are_made_together_are_asked_for_together() {
    let environment = TestEnvironment::new();
    let records: String = (0..20)
        .map(|number| {
            format!(
                "  r{number}: {{ type: 'AWS::Route53::RecordSet', properties: {{ HostedZoneId: '${{zone.Id}}', Name: \
                 r{number}.shop.example, Type: A, TTL: '60', ResourceRecords: [10.0.0.1] }} }}\n"
            )
        })
        .collect();
    environment.write("stacks/dev.yaml", &format!("{NETWORK}{records}"));
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("route53:ListResourceRecordSets"), 1);
}

#[test]
fn a_name_that_is_taken_is_told_with_whose_it_is() {
    let environment = with_production();
    environment.write("stacks/other.yaml", OTHER);
    let run = environment.run(&["apply", "--stack", "other", "--yes"]).expect(1);
    assert!(run.stderr.contains("the queue shop-prod-jobs exists already"), "{run}");
    assert!(run.stderr.contains("It belongs to shop/prod, as `jobs`: use it with `lookup`"), "{run}");
}

#[test]
fn a_former_object_that_another_stack_took_over_is_not_deleted() {
    let environment = TestEnvironment::new();
    let stack = |fifo: bool| {
        format!(
            "project: shop\nregion: us-west-2\nephemeral: true\nresources:\n  jobs: {{ type: 'AWS::SQS::Queue', properties: \
             {{ FifoQueue: {fifo} }} }}\n"
        )
    };
    environment.write("stacks/dev.yaml", &stack(false));
    environment.run(&["apply", "--yes"]).expect(0);
    // The replacement leaves the former queue behind.
    environment.proxy.on("sqs:DeleteQueue").fail(403, "AccessDenied", "not now");
    environment.write("stacks/dev.yaml", &stack(true));
    environment.run(&["apply", "--yes"]).expect(1);
    environment.proxy.reset();
    let other = OTHER.replace("shop-prod-jobs", "shop-dev-jobs");
    environment.write("stacks/other.yaml", &other);
    environment.run(&["import", "sqs:shop-dev-jobs", "--stack", "other", "--take-over"]).expect(0);
    let run = environment.run(&["apply", "--yes"]).expect(0);
    assert!(run.stderr.contains("stays in AWS: belongs to jobs/other, as `queue` by now"), "{run}");
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}
