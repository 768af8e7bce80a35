//! What somebody changed in AWS that no stack file speaks of, and what is told of all that is not looked at.

use aws_sdk_ec2::types::{IpPermission, IpRange};
use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketVersioningStatus, ExpirationStatus, LifecycleExpiration, LifecycleRule,
    LifecycleRuleFilter, VersioningConfiguration,
};
use aws_sdk_sqs::types::QueueAttributeName;
use infra::aws::Context;
use insta::assert_snapshot;
use serde_json::Value;

use crate::command_line::{QUEUES, queues};
use crate::emulators::Backend;
use crate::environment::{Output, TestEnvironment};
use crate::planning::shown;
use crate::proxy::{Hold, Routes};

/// A stack that lasts, with little written of each object.
const SHOP: &str = r#"
project: shop
region: us-west-2
resources:
  vpc:
    type: AWS::EC2::VPC
    properties: { CidrBlock: 10.0.0.0/16 }
  group:
    type: AWS::EC2::SecurityGroup
    properties:
      GroupDescription: of the shop
      VpcId: ${vpc.VpcId}
      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0 }]
  role:
    type: AWS::IAM::Role
    properties:
      RoleName: shop-dev-role
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Principal: { Service: ecs-tasks.amazonaws.com }, Action: sts:AssumeRole }]
  bucket:
    type: AWS::S3::Bucket
    protect: false
    properties: { BucketName: <unique> }
  jobs:
    type: AWS::SQS::Queue
    protect: false
    properties: { QueueName: shop-dev-jobs, VisibilityTimeout: 45 }
"#;

const TRUST_ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

fn shop() -> TestEnvironment {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &SHOP.replace("<unique>", &environment.unique));
    environment
}

fn state_of(environment: &TestEnvironment, address: &str) -> Value {
    let shown = environment.run_raw(&["state", "show", address]).expect(0).stdout;
    serde_json::from_str(&shown).expect("JSON")
}

fn id_of(environment: &TestEnvironment, address: &str) -> String {
    state_of(environment, address)["id"].as_str().expect("an identifier").to_owned()
}

/// What is shown of drift beside the stack file, without the end.
fn beside(output: &Output) -> &str {
    let (_, rest) = output.stdout.split_once("at the last apply → now\n").expect("drift beside the stack file");
    rest.split_once("\nnot looked at").expect("an end").0
}

async fn add_policy(cx: &Context) {
    let call = cx.iam().put_role_policy().role_name("shop-dev-role").policy_name("backdoor");
    call.policy_document(TRUST_ALL).send().await.expect("a policy");
}

async fn slow_down(cx: &Context, queue: &str, name: QueueAttributeName, value: &str) {
    let call = cx.sqs().set_queue_attributes().queue_url(queue).attributes(name, value);
    call.send().await.expect("a change");
}

#[test]
fn what_somebody_added_beside_the_stack_file_is_found() {
    let environment = shop();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["drift", "--all"]).expect(0);
    let (group, queue) = (id_of(&environment, "group"), id_of(&environment, "jobs"));
    let bucket = environment.unique.clone();
    environment.behind_our_back(async |cx: &Context| {
        add_policy(cx).await;
        let everywhere = IpRange::builder().cidr_ip("10.9.0.0/16").build();
        let rule = IpPermission::builder().ip_protocol("tcp").from_port(25).to_port(25).ip_ranges(everywhere).build();
        let call = cx.ec2().authorize_security_group_egress().group_id(&group).ip_permissions(rule);
        call.send().await.expect("a rule");
        let versions = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        let call = cx.s3().put_bucket_versioning().bucket(&bucket).versioning_configuration(versions);
        call.send().await.expect("versions");
        let rule = LifecycleRule::builder().id("old").status(ExpirationStatus::Enabled);
        let rule = rule.filter(LifecycleRuleFilter::builder().prefix("logs/").build());
        let rule = rule.expiration(LifecycleExpiration::builder().days(1).build()).build().expect("a rule");
        let rules = BucketLifecycleConfiguration::builder().rules(rule).build().expect("rules");
        let call = cx.s3().put_bucket_lifecycle_configuration().bucket(&bucket).lifecycle_configuration(rules);
        call.send().await.expect("a lifecycle");
        slow_down(cx, &queue, QueueAttributeName::DelaySeconds, "90").await;
        slow_down(cx, &queue, QueueAttributeName::MessageRetentionPeriod, "60").await;
        cx.sqs().tag_queue().queue_url(&queue).tags("owner", "nobody").send().await.expect("a tag");
    });
    environment.run(&["drift"]).expect(0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    let drift = environment.run(&["drift", "--all"]).expect(2);
    assert_snapshot!(beside(&drift), @r#"
      ! group  AWS::EC2::SecurityGroup
          SecurityGroupEgress[1]   (none) → {"IpProtocol":"tcp","FromPort"…t":25,"CidrIp":"10.9.0.0/16"}
      ! role  AWS::IAM::Role
          Policies.backdoor   (none) → {"PolicyName":"backdoor","Poli…ction":"*","Resource":"*"}]}}
      ! bucket  AWS::S3::Bucket
          LifecycleConfiguration.Rules.old                   (none) → {"ExpirationInDays":1,"Id":"ol…":"logs/","Status":"Enabled"}
          LifecycleConfiguration.TransitionDefaultMinimumObjectSize   (none) → all_storage_classes_128K
          VersioningConfiguration.Status                     (none) → Enabled
      ! jobs  AWS::SQS::Queue
          DelaySeconds             (none) → 90
          MessageRetentionPeriod   345600 → 60
          Tags.owner               (none) → nobody

    4 resources changed beside the stack file
    "#);
    assert_snapshot!(drift.stderr, @"no apply changes what is beside the stack file: write it there, take it back in AWS, or accept it with `infra refresh`");
    // What is accepted is drift no more.
    environment.run(&["refresh"]).expect(0);
    environment.run(&["drift", "--all"]).expect(0);
}

#[test]
fn an_apply_does_not_hide_what_somebody_else_did_to_the_object() {
    let environment = shop();
    environment.run(&["apply", "--yes"]).expect(0);
    let queue = id_of(&environment, "jobs");
    environment.behind_our_back(async |cx: &Context| {
        add_policy(cx).await;
        slow_down(cx, &queue, QueueAttributeName::DelaySeconds, "90").await;
    });
    let changed = SHOP.replace("RoleName: shop-dev-role", "RoleName: shop-dev-role\n      Description: of the shop");
    let changed = changed.replace("VisibilityTimeout: 45", "VisibilityTimeout: 60");
    environment.write("stacks/dev.yaml", &changed.replace("<unique>", &environment.unique));
    environment.run(&["apply", "--yes"]).expect(0);
    assert_snapshot!(beside(&environment.run(&["drift", "--all"]).expect(2)), @r#"
      ! role  AWS::IAM::Role
          Policies.backdoor   (none) → {"PolicyName":"backdoor","Poli…ction":"*","Resource":"*"}]}}
      ! jobs  AWS::SQS::Queue
          DelaySeconds   (none) → 90

    2 resources changed beside the stack file
    "#);
    let ignored = changed
        .replace("<unique>", &environment.unique)
        .replace("    properties: { QueueName", "    ignore_changes: [DelaySeconds]\n    properties: { QueueName");
    environment.write("stacks/dev.yaml", &ignored);
    assert_snapshot!(beside(&environment.run(&["drift", "--all"]).expect(2)), @r#"
      ! role  AWS::IAM::Role
          Policies.backdoor   (none) → {"PolicyName":"backdoor","Poli…ction":"*","Resource":"*"}]}}

    1 resource changed beside the stack file
    "#);
}

#[test]
fn what_an_apply_brings_with_it_is_nobodys_drift() {
    let environment = shop();
    environment.run(&["apply", "--yes"]).expect(0);
    let changed = SHOP.replace("VisibilityTimeout: 45", "VisibilityTimeout: 45, DelaySeconds: 5");
    environment.write("stacks/dev.yaml", &changed.replace("<unique>", &environment.unique));
    environment.proxy.reset();
    environment.run(&["apply", "--yes"]).expect(0);
    // What a plan asks, and the attributes once more.
    assert_eq!(environment.proxy.count("sqs:GetQueueAttributes"), 2);
    assert_eq!(environment.proxy.count("sqs:ListQueueTags"), 1);
    environment.run(&["drift", "--all"]).expect(0);
    environment.write("stacks/dev.yaml", &SHOP.replace("<unique>", &environment.unique));
    // A run that ends before it has asked what became of the change leaves that to the next one.
    let held = environment.proxy.on("sqs:GetQueueAttributes").nth(2).hold(Hold::BeforeSending);
    let running = environment.start(&["apply", "--yes"]);
    held.reached();
    running.kill();
    running.wait();
    environment.run(&["drift", "--all"]).expect(0);
    assert_eq!(state_of(&environment, "jobs")["baseline"]["DelaySeconds"], Value::Null);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["drift", "--all"]).expect(0);
    environment.proxy.reset();
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:GetQueueAttributes"), 1, "nothing was changed");
}

#[test]
fn a_baseline_costs_few_calls_and_only_where_it_is_taken() {
    let environment = shop();
    environment.run(&["apply", "--yes"]).expect(0);
    for (pattern, calls) in [
        ("iam:ListRolePolicies", 0),
        ("iam:ListAttachedRolePolicies", 0),
        ("sqs:GetQueueAttributes", 1),
        ("s3:GetBucketVersioning", 0),
        ("s3:GetBucketLifecycleConfiguration", 0),
        ("s3:GetBucketEncryption", 1),
        ("s3:GetPublicAccessBlock", 1),
    ] {
        assert_eq!(environment.proxy.count(pattern), calls, "{pattern}");
    }
    let ephemeral = TestEnvironment::new();
    ephemeral.write("stacks/dev.yaml", &QUEUES.replace("project: shop", "project: shop\nephemeral: true"));
    ephemeral.run(&["apply", "--yes"]).expect(0);
    assert_eq!(ephemeral.proxy.count("sqs:GetQueueAttributes"), 0);
    let drift = ephemeral.run(&["drift", "--all"]).expect(0);
    assert!(drift.stdout.contains("no baseline yet of failed, jobs"), "{drift}");
    ephemeral.run(&["refresh"]).expect(0);
    let drift = ephemeral.run(&["drift", "--all"]).expect(0);
    assert!(!drift.stdout.contains("no baseline yet"), "{drift}");
}

#[test]
fn a_state_without_baselines_gets_them_from_the_next_apply() {
    let environment = queues();
    environment.kill_at(&["apply", "--yes"], "sqs:GetQueueAttributes", Hold::BeforeSending);
    let drift = environment.run(&["drift", "--all"]).expect(0);
    assert!(drift.stdout.contains("no baseline yet of failed, jobs: the next apply or `infra refresh`"), "{drift}");
    environment.run(&["apply", "--yes"]).expect(0);
    let drift = environment.run(&["drift", "--all"]).expect(0);
    assert!(!drift.stdout.contains("no baseline"), "{drift}");
    assert!(state_of(&environment, "jobs")["baseline"].is_object());
}

#[test]
fn what_cannot_be_read_after_an_apply_is_told_and_fails_nothing() {
    let environment = queues();
    environment.proxy.on("sqs:GetQueueAttributes").fail(403, "AccessDenied", "not for you");
    let applied = environment.run(&["apply", "--yes"]).expect(0);
    assert!(applied.stderr.contains("`infra drift --all` will not compare what could not be read"), "{applied}");
    assert!(applied.stderr.contains("not for you"), "{applied}");
}

#[test]
fn drift_ends_with_what_it_does_not_look_at() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    assert_snapshot!(environment.run(&["drift"]).expect(0).stdout, @"
    shop/dev   account <account>   role moto   us-west-2
    2 resources read in 4 calls, <duration>
    no drift
    not looked at: what the stack file leaves out (`infra drift --all` compares it); AWS::SQS::Queue: access policy; objects that are not in state
    ");
    assert_snapshot!(environment.run(&["drift", "--all"]).expect(0).stdout, @"
    shop/dev   account <account>   role moto   us-west-2
    2 resources read in 4 calls, <duration>
    no drift
    not looked at: AWS::SQS::Queue: access policy; objects that are not in state
    ");
    let json = environment.run_raw(&["drift", "--json"]).expect(0).stdout;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&json["drifted"], &json["unwritten"]), (&false.into(), &Value::Null));
    assert_eq!(json["not_looked_at"]["unwritten"], true);
    assert_eq!(json["not_looked_at"]["unread"]["AWS::SQS::Queue"], serde_json::json!(["access policy"]));
    let queue = id_of(&environment, "jobs");
    environment
        .behind_our_back(async |cx: &Context| slow_down(cx, &queue, QueueAttributeName::DelaySeconds, "9").await);
    let json = environment.run_raw(&["drift", "--all", "--json"]).expect(2).stdout;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["drifted"], true);
    let deviation = &json["unwritten"][0]["deviations"][0];
    assert_eq!((&deviation["path"], &deviation["live"]["known"]), (&"DelaySeconds".into(), &9.into()));
}

/// A value that each run is given, in a tag.
const TOKEN: &str = r#"
project: shop
region: us-west-2
ENCRYPTION
config: { token: { secret: required } }
resources:
  jobs:
    type: AWS::SQS::Queue
    protect: false
    properties: { VisibilityTimeout: 45, Tags: [{ Key: token, Value: "${config.token}" }] }
  login:
    type: AWS::SecretsManager::Secret
    protect: false
    properties: { SecretString: "${config.token}" }
"#;

fn with_token(encryption: &str) -> TestEnvironment {
    let mut environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &TOKEN.replace("ENCRYPTION", encryption));
    environment.set("SHOP_PASSPHRASE", "planted-passphrase");
    environment.set("INFRA_CONFIG_TOKEN", "planted-token");
    environment.run(&["apply", "--yes"]).expect(0);
    environment.unset("INFRA_CONFIG_TOKEN");
    environment.unset("SHOP_PASSPHRASE");
    environment
}

#[test]
fn without_a_secret_that_each_run_is_given_drift_goes_by_what_state_remembers_of_it() {
    let environment = with_token("");
    environment.run(&["plan"]).expect(3);
    for command in [&["drift"][..], &["drift", "--all"]] {
        let drift = environment.run(command).expect(0);
        assert!(drift.stdout.contains("compared without the value of a secret: `config.token`"), "{drift}");
        assert!(drift.stdout.contains("login.SecretString, which AWS never gives back"), "{drift}");
    }
    let queue = id_of(&environment, "jobs");
    environment.behind_our_back(async |cx: &Context| {
        slow_down(cx, &queue, QueueAttributeName::VisibilityTimeout, "99").await;
        cx.sqs().tag_queue().queue_url(&queue).tags("token", "another").send().await.expect("a tag");
    });
    let drift = environment.run(&["drift"]).expect(2);
    assert_snapshot!(shown(&drift), @"
    wave 1
      ! jobs  AWS::SQS::Queue  drift
          VisibilityTimeout   99 live → 45
          Tags.token          (secret) live → ${config.token} (known after apply)

    1 to update, 1 unchanged
    compared without the value of a secret: `config.token` is secret, and its value is not given
    not looked at: what the stack file leaves out (`infra drift --all` compares it); login.SecretString, which AWS never gives back; AWS::SQS::Queue: access policy; AWS::SecretsManager::Secret: resource policy, rotation; objects that are not in state
    ");
}

#[test]
fn without_the_key_of_a_stacks_secrets_drift_compares_the_rest() {
    let environment = with_token("encryption: { passphrase_env: SHOP_PASSPHRASE }");
    let drift = environment.run(&["drift", "--all"]).expect(0);
    assert_snapshot!(drift.stdout, @"
    shop/dev   account <account>   role moto   us-west-2
    2 resources read in 3 calls, <duration>
    no drift
    compared without the value of a secret: `config.token` is secret, and its value is not given
    compared without the value of a secret: the environment variable `SHOP_PASSPHRASE` is not set, and the stack's secrets need it
    not looked at: login.SecretString, which AWS never gives back; jobs.Tags[0].Value, of which nobody can tell without the key; AWS::SQS::Queue: access policy; AWS::SecretsManager::Secret: resource policy, rotation; objects that are not in state
    ");
    let queue = id_of(&environment, "jobs");
    environment.behind_our_back(async |cx: &Context| {
        slow_down(cx, &queue, QueueAttributeName::VisibilityTimeout, "99").await;
        slow_down(cx, &queue, QueueAttributeName::DelaySeconds, "9").await;
        cx.sqs().tag_queue().queue_url(&queue).tags("token", "another").send().await.expect("a tag");
    });
    let drift = environment.run(&["drift", "--all"]).expect(2);
    assert_snapshot!(shown(&drift), @"
    wave 1
      ! jobs  AWS::SQS::Queue  drift
          VisibilityTimeout   99 live → 45

    1 to update, 1 unchanged

    beside the stack file: at the last apply → now
      ! jobs  AWS::SQS::Queue
          DelaySeconds   (none) → 9

    1 resource changed beside the stack file
    compared without the value of a secret: `config.token` is secret, and its value is not given
    compared without the value of a secret: the environment variable `SHOP_PASSPHRASE` is not set, and the stack's secrets need it
    not looked at: login.SecretString, which AWS never gives back; jobs.Tags[0].Value, of which nobody can tell without the key; AWS::SQS::Queue: access policy; AWS::SecretsManager::Secret: resource policy, rotation; objects that are not in state
    ");
}

const SERVICE: &str = r#"
project: shop
region: us-west-2
resources:
  cluster: { type: 'AWS::ECS::Cluster' }
  task:
    type: AWS::ECS::TaskDefinition
    properties:
      ContainerDefinitions: [{ Name: api, Image: nginx, Memory: 64 }]
  api:
    type: AWS::ECS::Service
    properties: { Cluster: "${cluster.ClusterName}", TaskDefinition: "${task.TaskDefinitionArn}" }
"#;

#[test]
fn what_autoscaling_does_is_no_drift() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", SERVICE);
    environment.run(&["apply", "--yes"]).expect(0);
    let service = id_of(&environment, "api");
    let (service, cluster) = service.split_once('|').expect("a service and its cluster");
    environment.behind_our_back(async |cx: &Context| {
        cx.ecs().update_service().cluster(cluster).service(service).desired_count(3).send().await.expect("a scaling");
    });
    let drift = environment.run(&["drift", "--all"]).expect(0);
    assert!(drift.stdout.contains("api.DesiredCount, which AWS sets by itself"), "{drift}");
    environment.behind_our_back(async |cx: &Context| {
        let call = cx.ecs().update_service().cluster(cluster).service(service).enable_execute_command(true);
        call.send().await.expect("a change");
    });
    assert_snapshot!(beside(&environment.run(&["drift", "--all"]).expect(2)), @"
      ! api  AWS::ECS::Service
          EnableExecuteCommand   (none) → true

    1 resource changed beside the stack file
    ");
}

const DATABASE: &str = r#"
project: shop
region: us-west-2
resources:
  database:
    type: AWS::RDS::DBCluster
    protect: false
    properties: { Engine: aurora-postgresql, MasterUsername: shop, MasterUserPassword: planted-password, PreferredBackupWindow: "03:00-04:00" }
"#;

#[test]
fn what_stays_although_the_file_leaves_it_out_is_compared_with_what_was_written() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", DATABASE);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &DATABASE.replace(", PreferredBackupWindow: \"03:00-04:00\"", ""));
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["drift", "--all"]).expect(0);
    let cluster = id_of(&environment, "database");
    environment.behind_our_back(async |cx: &Context| {
        let call = cx.rds().modify_db_cluster().db_cluster_identifier(&cluster);
        call.preferred_backup_window("05:00-06:00").apply_immediately(true).send().await.expect("a change");
    });
    environment.run(&["drift"]).expect(0);
    assert_snapshot!(beside(&environment.run(&["drift", "--all"]).expect(2)), @"
      ! database  AWS::RDS::DBCluster
          PreferredBackupWindow   03:00-04:00 → 05:00-06:00

    1 resource changed beside the stack file
    ");
}

#[test]
fn an_imported_object_is_compared_with_what_it_was_when_it_came() {
    let environment = queues();
    environment.behind_our_back(async |cx: &Context| {
        let call = cx.sqs().create_queue().queue_name("elder").attributes(QueueAttributeName::DelaySeconds, "7");
        call.tags("owner", "ada").send().await.expect("a queue");
    });
    environment.write(
        "stacks/dev.yaml",
        "project: shop\nregion: us-west-2\nresources:\n  elder:\n    type: AWS::SQS::Queue\n    import: elder\n    \
         properties: { QueueName: elder }\n",
    );
    environment.run(&["apply", "--yes"]).expect(0);
    let baseline = &state_of(&environment, "elder")["baseline"];
    assert_eq!((&baseline["DelaySeconds"], &baseline["Tags"]["owner"]), (&7.into(), &"ada".into()));
    environment.run(&["drift", "--all"]).expect(0);
    let queue = id_of(&environment, "elder");
    environment.behind_our_back(async |cx: &Context| {
        slow_down(cx, &queue, QueueAttributeName::DelaySeconds, "0").await;
        cx.sqs().tag_queue().queue_url(&queue).tags("owner", "bob").send().await.expect("a tag");
    });
    assert_snapshot!(beside(&environment.run(&["drift", "--all"]).expect(2)), @"
      ! elder  AWS::SQS::Queue
          DelaySeconds   7 → 0
          Tags.owner     ada → bob

    1 resource changed beside the stack file
    ");
}

/// One of everything, in stages, as a stack that lasts.
#[test]
fn after_an_apply_of_every_type_nothing_has_drifted() {
    let mut environment = TestEnvironment::with_routes(Routes::default().with("rds", Backend::Moto));
    environment.set("SHOP_PASSPHRASE", "planted-passphrase");
    for unknown in ["logs:DescribeIndexPolicies", "logs:GetDataProtectionPolicy"] {
        environment.proxy.on(unknown).fail(404, "ResourceNotFoundException", "the emulator does not know this call");
    }
    environment.write("stacks/dev.yaml", &include_str!("sweep/shop.yaml").replace("ephemeral: true\n", ""));
    for stage in ["stage=1", "stage=2"] {
        environment.run(&["apply", "--yes", "--set", stage]).expect(0);
        environment.run(&["drift", "--all", "--set", stage]).expect(0);
    }
    environment.write("stacks/dev.yaml", include_str!("sweep/shop.yaml"));
    environment.run(&["apply", "--yes", "--set", "stage=2"]).expect(0);
    environment.run(&["apply", "--yes", "--set", "stage=3"]).expect(0);
    environment.run(&["refresh", "--set", "stage=3"]).expect(0);
    let drift = environment.run(&["drift", "--all", "--set", "stage=3"]).expect(0);
    assert!(!drift.stdout.contains("no baseline"), "{drift}");
}
