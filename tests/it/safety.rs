//! Objects that must not be lost, doubled, or taken from others.

use infra::aws::{CallResult, Context};

use crate::command_line::{QUEUES, queues};
use crate::environment::TestEnvironment;
use crate::proxy::Hold;

#[test]
fn what_a_killed_run_made_is_destroyed_too() {
    let environment = queues();
    environment.kill_at(&["apply", "--yes"], "sqs:CreateQueue", Hold::BeforeAnswering);
    environment.run(&["destroy", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 1);
    assert_eq!(environment.run(&["state", "list"]).expect(0).stdout, "");
}

#[test]
fn what_a_killed_run_made_goes_with_its_resource() {
    let environment = queues();
    environment.kill_at(&["apply", "--yes"], "sqs:CreateQueue", Hold::BeforeAnswering);
    environment.write("stacks/dev.yaml", "project: shop\nregion: us-west-2\nresources: {}\n");
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 1);
    assert_eq!(environment.run(&["state", "list"]).expect(0).stdout, "");
}

#[test]
fn a_lost_answer_that_is_asked_for_again_is_no_strangers_object() {
    for (type_name, call, properties) in [
        (
            "AWS::IAM::Role",
            "iam:CreateRole",
            "AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] }",
        ),
        ("AWS::Logs::LogGroup", "logs:CreateLogGroup", "RetentionInDays: 14"),
        ("AWS::SQS::Queue", "sqs:CreateQueue", "VisibilityTimeout: 45"),
        ("AWS::ECS::Cluster", "ecs:CreateCluster", ""),
        ("AWS::SecretsManager::Secret", "secretsmanager:CreateSecret", "Description: x"),
    ] {
        let environment = TestEnvironment::new();
        let resource = format!("{{ type: '{type_name}', properties: {{ {properties} }} }}");
        let stack = format!("project: shop\nregion: us-west-2\nephemeral: true\nresources:\n  it: {resource}\n");
        environment.write("stacks/dev.yaml", &stack);
        environment.proxy.on(call).nth(1).drop_connection(Hold::BeforeAnswering);
        environment.run(&["apply", "--yes"]).expect(0);
        assert!(environment.proxy.count(call) > 1, "{type_name}: the SDK asks again");
        environment.run(&["plan", "--detailed-exitcode"]).expect(0);
        environment.run(&["destroy", "--yes"]).expect(0);
    }
}

#[test]
fn a_queue_that_somebody_else_has_is_not_taken() {
    let environment = TestEnvironment::new();
    let stack = |project: &str| {
        let resource = "{ type: 'AWS::SQS::Queue', properties: { QueueName: emails } }";
        format!("project: {project}\nregion: us-west-2\nephemeral: true\nresources:\n  emails: {resource}\n")
    };
    environment.write("stacks/theirs.yaml", &stack("theirs"));
    environment.write("stacks/ours.yaml", &stack("ours"));
    environment.run(&["apply", "--stack", "theirs", "--yes"]).expect(0);
    let run = environment.run(&["apply", "--stack", "ours", "--yes"]).expect(1);
    assert!(run.stderr.contains("the queue emails exists already"), "{run}");
    environment.run(&["destroy", "--stack", "ours", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 0);
}

#[test]
fn one_object_is_not_imported_twice() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    let again = format!("{QUEUES}\n")
        .replace("outputs:", "  twice:\n    type: AWS::SQS::Queue\n    import: shop-dev-failed.fifo\noutputs:");
    let run = environment.run(&["import", "sqs:shop-dev-failed.fifo"]).expect(1);
    assert!(run.stderr.contains("the object is in state already, as `failed`"), "{run}");
    environment.write("stacks/dev.yaml", &again);
    let run = environment.run(&["plan"]).expect(3);
    assert!(run.stderr.contains("shop-dev-failed.fifo is in state already, as `failed`"), "{run}");
}

#[test]
fn an_import_that_would_be_made_anew_is_refused() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["state", "rm", "failed"]).expect(0);
    let wrong = QUEUES.replace(
        "properties: { FifoQueue: true }",
        "import: shop-dev-failed.fifo\n    properties: { QueueName: shop-dev-dead.fifo, FifoQueue: true }",
    );
    environment.write("stacks/dev.yaml", &wrong);
    environment.proxy.reset();
    let run = environment.run(&["import", "sqs:shop-dev-failed.fifo"]).expect(5);
    assert!(run.stderr.contains("so it was not imported"), "{run}");
    let run = environment.run(&["apply", "--yes"]).expect(5);
    assert!(run.stderr.contains("QueueName differs and cannot be updated"), "{run}");
    assert!(environment.proxy.calls().iter().all(|call| call.reads()));
}

#[test]
fn what_is_to_be_retained_is_not_deleted_for_its_successor() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.proxy.reset();
    let replaced = QUEUES
        .replace("      FifoQueue: true\n", "")
        .replace("properties: { FifoQueue: true }", "on_delete: retain\n    replace: delete_first");
    environment.write("stacks/dev.yaml", &replaced);
    let run = environment.run(&["apply", "--yes"]).expect(5);
    assert!(run.stderr.contains("on_delete is retain"), "{run}");
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 0);
}

#[test]
fn what_is_left_out_keeps_what_it_uses() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    let without = QUEUES
        .replace("  failed:\n    type: AWS::SQS::Queue\n    protect: false\n    properties: { FifoQueue: true }\n", "")
        .replace("      RedrivePolicy: { deadLetterTargetArn: \"${failed.Arn}\", maxReceiveCount: 5 }\n", "");
    environment.write("stacks/dev.yaml", &without);
    environment.run(&["apply", "--yes", "--exclude", "jobs"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 0, "jobs still uses it");
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 1);
}

#[test]
fn a_new_revision_is_there_before_the_old_one_goes() {
    let environment = TestEnvironment::new();
    let stack = |family: &str, image: &str| {
        format!(
            "project: shop\nregion: us-west-2\nephemeral: true\nresources:\n  task:\n    type: \
             AWS::ECS::TaskDefinition\n    properties:\n      {family}\n      ContainerDefinitions: [{{ Name: api, \
             Image: {image}, Memory: 64 }}]\n"
        )
    };
    for family in ["Family: api", "Cpu: '256'"] {
        environment.write("stacks/dev.yaml", &stack(family, "nginx:1"));
        environment.run(&["apply", "--yes"]).expect(0);
        environment.write("stacks/dev.yaml", &stack(family, "nginx:2"));
        environment.proxy.reset();
        environment.run(&["apply", "--yes"]).expect(0);
        let calls = environment.proxy.calls();
        let place = |name: &str| calls.iter().position(|call| call.operation == name).expect(name);
        assert!(place("RegisterTaskDefinition") < place("DeregisterTaskDefinition"));
        let families: Vec<_> = calls.iter().filter(|call| call.operation == "RegisterTaskDefinition").collect();
        assert!(["api", "shop-dev-task"].contains(&families[0].parameter("family")), "{}", families[0]);
        environment.run(&["destroy", "--yes"]).expect(0);
    }
}

#[test]
fn what_failed_to_go_back_to_its_default_is_tried_again() {
    let environment = TestEnvironment::new();
    let stack = |properties: &str| {
        format!(
            "project: shop\nregion: us-west-2\nephemeral: true\nresources:\n  files:\n    type: AWS::S3::Bucket\n    \
             properties: {{ BucketName: {}{properties} }}\n",
            environment.unique
        )
    };
    let ownership = ", PublicAccessBlockConfiguration: { BlockPublicAcls: false }, \
                     OwnershipControls: { Rules: [{ ObjectOwnership: ObjectWriter }] }";
    environment.write("stacks/dev.yaml", &stack(&format!("{ownership}, AccessControl: PublicRead")));
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &stack(ownership));
    environment.proxy.on("s3:PutBucketAcl").times(1).fail(403, "AccessDenied", "Access Denied");
    environment.run(&["apply", "--yes"]).expect(1);
    environment.run(&["plan", "--detailed-exitcode"]).expect(2);
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("s3:PutBucketAcl"), 3);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_plan_of_a_new_stack_is_applied_where_it_was_made_and_nowhere_else() {
    let environment = TestEnvironment::new();
    let stack = "project: shop\nregion: us-west-2\nephemeral: true\nresources:\n  vpc:\n    type: AWS::EC2::VPC\n    \
                 properties: { CidrBlock: 10.0.0.0/16 }\n";
    environment.write("one/stacks/dev.yaml", stack);
    environment.write("other/stacks/dev.yaml", stack);
    environment.run(&["-C", "one", "plan", "--out", "../a.plan"]).expect(0);
    let refused = environment.run(&["-C", "other", "apply", "../a.plan"]).expect(1);
    assert!(refused.stderr.contains("it is for another state"), "{refused}");
    environment.run(&["-C", "one", "apply", "../a.plan"]).expect(0);
    assert_eq!(environment.proxy.count("ec2:CreateVpc"), 1);
}

const ROLE: &str = "project: shop
region: us-west-2
ephemeral: true
resources:
  api:
    type: AWS::IAM::Role
    properties:
      RoleName: shop-api
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] }
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess']
      Policies: [{ PolicyName: jobs, PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: 'sqs:*', Resource: '*' }] } }]
";

#[test]
fn a_role_is_deleted_with_what_it_was_made_with_and_with_what_somebody_added() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", ROLE);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.proxy.reset();
    environment.run(&["destroy", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("iam:List*"), 0, "nothing was added, so nothing is looked for");
    environment.run(&["apply", "--yes"]).expect(0);
    let add = async |cx: &Context| {
        let document =
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#;
        let call = cx.iam().put_role_policy().role_name("shop-api").policy_name("more").policy_document(document);
        call.send().await.call("iam:PutRolePolicy").map(drop)
    };
    environment.behind_our_back(add).expect("another policy");
    environment.run(&["destroy", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("iam:DeleteRole"), 3);
    let role = async |cx: &Context| cx.iam().get_role().role_name("shop-api").send().await.call_optional("iam:GetRole");
    assert!(environment.behind_our_back(role).expect("an answer").is_none());
}

const RECORD: &str = "project: shop
region: us-west-2
ephemeral: true
resources:
  zone: { type: 'AWS::Route53::HostedZone', properties: { Name: shop.example } }
  www:
    type: AWS::Route53::RecordSet
    properties: { HostedZoneId: '${zone.Id}', Name: www.shop.example, Type: A, TTL: '60', ResourceRecords: [10.0.0.1] }
";

#[test]
fn a_record_that_changed_after_the_plan_is_read_once_more_and_deleted() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", RECORD);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.proxy.reset();
    let message = "Tried to delete resource record set [name='www.shop.example.', type='A'] but the values provided do not \
                   match the current values";
    environment.proxy.on("route53:ChangeResourceRecordSets").nth(1).fail(400, "InvalidChangeBatch", message);
    environment.run(&["destroy", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("route53:ChangeResourceRecordSets"), 2);
    // Once for the plan, once before the second deletion.
    assert_eq!(environment.proxy.count("route53:ListResourceRecordSets"), 2);
    assert_eq!(environment.run(&["state", "list"]).expect(0).stdout, "");
}
