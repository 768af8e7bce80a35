//! A plan is a promise: what it shows is what an apply does, and after that nothing is left to do.

use aws_sdk_sqs::types::QueueAttributeName;

use crate::emulators::Backend;
use crate::environment::TestEnvironment;
use crate::proxy::Routes;

const HEAD: &str = "project: shop\nregion: us-west-2\nephemeral: true\nresources:\n";

fn applied(environment: TestEnvironment, resources: &str) -> TestEnvironment {
    write(&environment, resources);
    environment.run(&["apply", "--yes"]).expect(0);
    environment
}

fn write(environment: &TestEnvironment, resources: &str) {
    environment.write("stacks/dev.yaml", &format!("{HEAD}{resources}"));
}

fn set_visibility(environment: &TestEnvironment, queue: &str, seconds: u32) {
    environment.behind_our_back(async |context| {
        let url = context.sqs().get_queue_url().queue_name(queue).send().await.expect("the queue");
        let change = context.sqs().set_queue_attributes().queue_url(url.queue_url().unwrap_or_default());
        change
            .attributes(QueueAttributeName::VisibilityTimeout, seconds.to_string())
            .send()
            .await
            .expect("another timeout");
    });
}

fn settles(environment: &TestEnvironment) {
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn what_follows_a_value_that_aws_moved_is_sent_once_and_settles() {
    let queues = "  jobs: { type: AWS::SQS::Queue }\n  \
                  other:\n    type: AWS::SQS::Queue\n    properties:\n      Tags: [{ Key: follows, Value: 't${jobs.VisibilityTimeout}' }]\n";
    let environment =
        applied(TestEnvironment::new(), &format!("{queues}outputs: {{ timeout: '${{jobs.VisibilityTimeout}}' }}\n"));
    set_visibility(&environment, "shop-dev-jobs", 45);
    let plan = environment.run(&["plan"]).expect(0);
    assert!(plan.stdout.contains("Tags.follows   t30 → t45"), "{plan}");
    assert!(plan.stdout.contains("~ timeout   30 → 45"), "{plan}");
    let applied = environment.run(&["apply", "--yes"]).expect(0);
    assert!(applied.stdout.contains("timeout = 45"), "{applied}");
    assert_eq!(environment.proxy.matching("sqs:TagQueue").len(), 1);
    settles(&environment);
}

#[test]
fn what_is_made_anew_for_a_value_that_aws_moved_gets_that_value() {
    let queues = "  jobs: { type: AWS::SQS::Queue }\n  \
                  other: { type: AWS::SQS::Queue, properties: { QueueName: 'q-${jobs.VisibilityTimeout}-${stack.name}' } }\n";
    let environment = applied(TestEnvironment::new(), queues);
    set_visibility(&environment, "shop-dev-jobs", 45);
    environment.run(&["apply", "--yes"]).expect(0);
    let made = environment.proxy.matching("sqs:CreateQueue");
    assert_eq!(made.last().map(|call| call.parameter("QueueName")), Some("q-45-dev"));
    settles(&environment);
}

const CLUSTER: &str = "  database:\n    type: AWS::RDS::DBCluster\n    properties:\n      Engine: aurora-postgresql\n      \
                       MasterUsername: app\n      PASSWORD\n      Port: 5432\n  \
                       told:\n    type: AWS::SQS::Queue\n    properties:\n      Tags: [{ Key: told, Value: 'TOLD' }]\n\
                       outputs: { told: 'TOLD' }\n";

fn cluster(password: &str, told: &str) -> String {
    CLUSTER.replace("PASSWORD", password).replace("TOLD", told)
}

fn with_databases() -> TestEnvironment {
    TestEnvironment::with_routes(Routes::default().with("rds", Backend::Moto))
}

#[test]
fn what_follows_a_change_is_known_after_it_and_has_the_new_value() {
    let stack = cluster("MasterUserPassword: correct-horse-1", "p${database.Endpoint.Port}");
    let environment = applied(with_databases(), &stack);
    write(&environment, &stack.replace("5432", "5433"));
    let plan = environment.run(&["plan"]).expect(0);
    assert!(plan.stdout.contains("Tags.told   p5432 → p${database.Endpoint.Port} (known after apply)"), "{plan}");
    let applied = environment.run(&["apply", "--yes"]).expect(0);
    assert!(applied.stdout.contains("told = p5433"), "{applied}");
    settles(&environment);
}

#[test]
fn what_an_update_brings_into_being_is_known_after_it() {
    let environment = applied(with_databases(), &cluster("MasterUserPassword: correct-horse-1", "none"));
    write(&environment, &cluster("ManageMasterUserPassword: true", "${database.MasterUserSecret.SecretArn}"));
    let plan = environment.run(&["plan"]).expect(0);
    assert!(plan.stdout.contains("none → ${database.MasterUserSecret.SecretArn} (known after apply)"), "{plan}");
    let applied = environment.run(&["apply", "--yes"]).expect(0);
    assert!(applied.stdout.contains("told = arn:aws:secretsmanager:"), "{applied}");
    settles(&environment);
}

#[test]
fn a_tag_leaves_what_others_know_of_an_object_as_it_is() {
    let stack = cluster("MasterUserPassword: correct-horse-1", "p${database.Endpoint.Port}");
    let environment = applied(with_databases(), &stack);
    environment.proxy.reset();
    write(&environment, &stack.replace("Port: 5432", "Port: 5432\n      Tags: [{ Key: a, Value: b }]"));
    let plan = environment.run(&["plan"]).expect(0);
    assert!(plan.stdout.contains("1 to update, 1 unchanged"), "{plan}");
    environment.run(&["apply", "--yes"]).expect(0);
    settles(&environment);
}

/// An output that AWS changes with an update although nothing says so.
#[test]
fn what_the_plan_did_not_show_is_not_sent() {
    let stack = cluster("MasterUserPassword: correct-horse-1", "p${database.Endpoint.Address}");
    let environment = applied(with_databases(), &stack);
    environment.proxy.reset();
    environment.proxy.on("rds:DescribeDBClusters").from(2).rewrite(".cluster-", ".moved-");
    write(&environment, &stack.replace("5432", "5433").replace("'p$", "'x$"));
    let failed = environment.run(&["apply", "--yes"]).expect(1);
    assert!(failed.stderr.contains("was planned to be xshop-dev-database.cluster-"), "{failed}");
    assert!(failed.stderr.contains("and would be xshop-dev-database.moved-"), "{failed}");
    assert!(failed.stderr.contains("so nothing was sent"), "{failed}");
    assert_eq!(environment.proxy.count("sqs:TagQueue"), 0);
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:TagQueue"), 1);
    settles(&environment);
}

#[test]
fn a_whole_resource_is_what_our_changes_decide_and_does_not_change_by_itself() {
    let queues = "  jobs: { type: AWS::SQS::Queue, properties: { Tags: [{ Key: b, Value: '1' }], DelaySeconds: 3 } }\n\
                  outputs: { jobs: '${jobs}', text: '${json(jobs)}' }\n";
    let environment = applied(TestEnvironment::new(), queues);
    settles(&environment);
    environment.behind_our_back(async |context| {
        let url = context.sqs().get_queue_url().queue_name("shop-dev-jobs").send().await.expect("the queue");
        let url = url.queue_url().unwrap_or_default();
        context.sqs().send_message().queue_url(url).message_body("hello").send().await.expect("a message");
    });
    set_visibility(&environment, "shop-dev-jobs", 77);
    settles(&environment);
    let outputs = environment.run(&["outputs", "--json"]).expect(0).stdout;
    let mut outputs: serde_json::Value = serde_json::from_str(&outputs).expect("JSON");
    let outputs = outputs["outputs"].take();
    let names: Vec<&String> = outputs["jobs"].as_object().expect("a map").keys().collect();
    assert_eq!(names, ["Arn", "DelaySeconds", "QueueName", "QueueUrl", "Tags"]);
    assert_eq!(outputs["text"], outputs["jobs"].to_string());
    write(&environment, &queues.replace("DelaySeconds: 3", "DelaySeconds: 4"));
    let applied = environment.run(&["apply", "--yes"]).expect(0);
    assert!(applied.stdout.contains("\"DelaySeconds\":4"), "{applied}");
    settles(&environment);
}

#[test]
fn what_is_known_of_a_document_shows_no_secret() {
    let mut environment = TestEnvironment::new();
    environment.set("INFRA_CONFIG_KEY", "hunter2-hunter2");
    let stack = "project: shop\nregion: us-west-2\nephemeral: true\nconfig: { key: { secret: required } }\nresources:\n  \
                 jobs: { type: AWS::SQS::Queue }\n  role:\n    type: AWS::IAM::Role\n    properties:\n      \
                 AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] }\n      Tags: [{ Key: k, Value: \
                 '${config.key}' }, { Key: a, Value: '${jobs.Arn}' }]\noutputs: { both: { key: '${config.key}', arn: \
                 '${jobs.Arn}' } }\n";
    environment.write("stacks/dev.yaml", stack);
    for arguments in [&["plan", "--full"][..], &["plan", "--json"]] {
        let plan = environment.run(arguments).expect(0);
        assert!(plan.stdout.contains("${jobs.Arn}"), "{plan}");
        assert!(!plan.stdout.contains("hunter2"), "{plan}");
    }
    environment.run(&["apply", "--yes"]).expect(0);
    let record = environment.run(&["history", "show", "1", "--json"]).expect(0);
    assert!(!record.stdout.contains("hunter2"), "{record}");
}

#[test]
fn reasons_are_true() {
    let queue = |name: &str, more: &str| format!("  {name}:\n    type: AWS::SQS::Queue\n{more}");
    let (on, all) = ("    when: true\n", "    for_each: [a, b]\n");
    let environment =
        applied(TestEnvironment::new(), &format!("{}{}{}", queue("one", on), queue("some", all), queue("other", "")));
    let group = "  other: { type: AWS::Logs::LogGroup }\n";
    let (off, less) = ("    when: false\n", "    for_each: [a]\n");
    write(&environment, &format!("{}{}{group}", queue("one", off), queue("some", less)));
    let plan = environment.run(&["plan", "--full"]).expect(0).stdout;
    let line = |part: &str| plan.lines().find(|line| line.contains(part)).unwrap_or_default().to_owned();
    assert!(line("- one ").ends_with("delete: its `when` is false"), "{plan}");
    assert!(line("- some[\"b\"]").ends_with("delete: its `for_each` no longer gives it"), "{plan}");
    assert!(line("other ").contains("replace, create first: was AWS::SQS::Queue"), "{plan}");
    assert!(!plan.contains("QueueName"), "{plan}");
    environment.run(&["apply", "--yes"]).expect(0);
    settles(&environment);
}

#[test]
fn an_autoscaled_count_that_the_file_no_longer_says_is_left_alone() {
    let service = |count: &str| {
        format!(
            "  cluster: {{ type: AWS::ECS::Cluster }}\n  task:\n    type: AWS::ECS::TaskDefinition\n    properties: {{ \
             ContainerDefinitions: [{{ Name: api, Image: 'api:1', Memory: 128 }}] }}\n  service:\n    type: \
             AWS::ECS::Service\n    properties: {{ Cluster: '${{cluster.ClusterName}}', TaskDefinition: \
             '${{task.TaskDefinitionArn}}', LaunchType: EC2, {count} }}\n"
        )
    };
    let environment = applied(TestEnvironment::new(), &service("DesiredCount: 0"));
    environment.proxy.reset();
    write(&environment, &service(""));
    let plan = environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    assert!(plan.stdout.contains("no changes"), "{plan}");
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("ecs:UpdateService"), 0);
}

/// A preview that was cleaned up by other means, save what has no owner in AWS's eyes.
#[test]
fn what_an_earlier_life_of_the_stack_left_is_taken_up_again() {
    let groups = "  logs: { type: AWS::Logs::LogGroup, properties: { RetentionInDays: 7 } }\n";
    let environment = applied(TestEnvironment::new(), groups);
    environment.run(&["state", "rm", "logs"]).expect(0);
    write(&environment, &groups.replace('7', "14"));
    environment.run(&["apply", "--yes"]).expect(0);
    settles(&environment);
    environment.run(&["destroy", "--yes"]).expect(0);
}
