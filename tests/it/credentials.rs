//! Credentials and accounts that do not work, each told as one error.

use insta::assert_snapshot;

use crate::command_line::{QUEUES, queues};
use crate::environment::TestEnvironment;

#[test]
fn without_a_network_the_error_comes_soon_and_says_what_to_check() {
    let mut environment = queues();
    // Nothing listens there.
    environment.set("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    let run = environment.run(&["plan"]).expect(1);
    assert!(run.stderr.starts_with("error: AWS cannot be reached"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: check the network"), "{}", run.stderr);
}

#[test]
fn another_account_than_the_files_is_refused() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &QUEUES.replace("region:", "account: \"999999999999\"\nregion:"));
    let run = environment.run(&["plan"]).expect(6);
    assert!(run.stderr.contains("the stack belongs to account 999999999999"), "{}", run.stderr);
}

#[test]
fn without_credentials_it_says_where_they_were_looked_for() {
    let mut environment = queues();
    environment.unset("AWS_ACCESS_KEY_ID");
    environment.set("AWS_PROFILE", "work");
    let run = environment.run(&["plan"]).expect(6);
    assert_snapshot!(run.stderr, @"
    error: there is no AWS profile `work`, which AWS_PROFILE names
    hint: there are no profiles; `aws configure sso` or `aws configure` makes one
    hint: looked in ~/.aws/config (not there) and ~/.aws/credentials (not there); AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name other files
    ");
    assert!(environment.proxy.calls().is_empty());
    environment.unset("AWS_PROFILE");
    let run = environment.run(&["plan"]).expect(6);
    assert_snapshot!(run.stderr, @"
    error: there are no AWS credentials; tried:
      Environment: not set up: environment variable not set
      Profile: not set up
      WebIdentityToken: not set up: $AWS_WEB_IDENTITY_TOKEN_FILE was not set
      EcsContainer: not set up: ECS provider not configured
      Ec2InstanceMetadata: not set up: IMDS disabled by AWS_EC2_METADATA_DISABLED env var set to `true`
    hint: choose a profile with --profile or AWS_PROFILE, or set AWS_ACCESS_KEY_ID and its secret
    ");
}

#[test]
fn expired_credentials_are_refused_at_once() {
    let environment = queues();
    environment.proxy.on("sts:GetCallerIdentity").fail(403, "ExpiredToken", "The security token is expired");
    let run = environment.run(&["plan"]).expect(6);
    assert_snapshot!(run.stderr, @"
    error: AWS does not accept the credentials: sts:GetCallerIdentity: ExpiredToken: The security token is expired
    hint: choose a profile with --profile or AWS_PROFILE, or sign in again, `aws sso login`
    ");
    assert_eq!(environment.proxy.calls().len(), 1, "what is refused is not asked again");
}

#[test]
fn a_permission_that_is_missing_is_named() {
    let environment = queues();
    environment.proxy.on("sqs:CreateQueue").fail(403, "AccessDenied", "not allowed to sqs:createqueue");
    let run = environment.run(&["apply", "--yes"]).expect(1);
    let failure = run.stderr.lines().skip_while(|line| !line.contains('✗')).collect::<Vec<_>>().join("\n");
    assert_snapshot!(failure, @"
    ✗ create failed  <duration>
      sqs:CreateQueue: AccessDenied: not allowed to sqs:createqueue
    ○ create jobs: skipped, `failed` failed

    ✗ create failed
      sqs:CreateQueue: AccessDenied: not allowed to sqs:createqueue
    ○ create jobs: skipped, `failed` failed
    0 operations done, 1 failed, 1 skipped
    ");
}

#[test]
fn a_profile_on_the_command_line_goes_before_the_environment() {
    let environment = queues();
    let profile = "[profile other]\naws_access_key_id = 210987654321\naws_secret_access_key = x\n";
    environment.write("home/.aws/config", profile);
    let plan = environment.run(&["plan", "--profile", "other"]).expect(0);
    assert!(plan.stdout.contains("account 210987654321"), "{plan}");
    let missing = environment.run(&["plan", "--profile", "nope"]).expect(6);
    assert_snapshot!(missing.stderr, @"
    error: there is no AWS profile `nope`, which --profile names
    hint: the profiles are `other`
    hint: looked in ~/.aws/config and ~/.aws/credentials (not there); AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name other files
    ");
}

#[test]
fn a_profile_that_is_missing_is_told_also_where_only_state_is_asked() {
    let mut environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &QUEUES.replace("region:", "state: s3://some-bucket\nregion:"));
    for command in [&["state", "list"][..], &["outputs"], &["history"], &["init"]] {
        let run = environment.run(&[command, &["--profile", "nope"]].concat()).expect(6);
        assert!(run.stderr.starts_with("error: there is no AWS profile `nope`, which --profile names\n"), "{run}");
    }
    environment.unset("AWS_ACCESS_KEY_ID");
    let run = environment.run(&["state", "list"]).expect(6);
    assert!(run.stderr.contains("hint: choose a profile with --profile or AWS_PROFILE"), "{run}");
}

#[test]
fn a_profile_that_gives_no_credentials_is_no_missing_one() {
    let mut environment = queues();
    environment.write("home/.aws/config", "[profile empty]\nregion = us-west-2\n");
    let run = environment.run(&["plan", "--profile", "empty"]).expect(6);
    assert_snapshot!(run.stderr, @"
    error: there are no AWS credentials
    hint: profile `empty` gives none: see ~/.aws/config and ~/.aws/credentials, or `aws sso login --profile empty`
    ");
    environment.set("AWS_PROFILE", "emtpy");
    environment.unset("AWS_ACCESS_KEY_ID");
    let run = environment.run(&["plan"]).expect(6);
    assert!(
        run.stderr.starts_with(
            "error: there is no AWS profile `emtpy`, which AWS_PROFILE names\nhint: did you mean `empty`?\n"
        ),
        "{run}"
    );
}
