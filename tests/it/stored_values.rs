//! Values that AWS keeps for a stack, `ssm("…")` and `secret("…")`: read by each run, and stored nowhere.

use std::fs;
use std::path::Path;

use aws_sdk_ssm::types::ParameterType;

use crate::environment::TestEnvironment;

const STACK: &str = r#"project: shop
region: us-west-2
ephemeral: true
resources:
  jobs:
    type: AWS::SQS::Queue
    properties:
      Tags:
        - { Key: token, Value: "${ssm('/shop/' + stack.name + '/token')}" }
        - { Key: user, Value: "${secret('shop/db', 'user')}" }
outputs:
  hook: https://hooks.example/${ssm("/shop/dev/token")}
"#;

const TOKEN: &str = "planted-token-1";

fn environment() -> TestEnvironment {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", STACK);
    put(&environment, TOKEN);
    environment.behind_our_back(async |cx| {
        let secret = cx.secrets().create_secret().name("shop/db").secret_string(r#"{"user": "planted-user"}"#);
        secret.send().await.expect("a secret");
    });
    environment
}

fn put(environment: &TestEnvironment, value: &str) {
    environment.behind_our_back(async |cx| {
        let call = cx.ssm().put_parameter().name("/shop/dev/token").value(value).overwrite(true);
        call.r#type(ParameterType::SecureString).send().await.expect("a parameter");
    });
}

fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            found.extend(files_with(&entry, text));
        } else if String::from_utf8_lossy(&fs::read(&entry).expect("a file")).contains(text) {
            found.push(entry.display().to_string());
        }
    }
    found
}

#[test]
fn what_aws_keeps_is_read_by_each_run_and_stored_nowhere() {
    let environment = environment();
    let planned = environment.run(&["plan"]).expect(0);
    let applied = environment.run(&["apply", "--yes"]).expect(0);
    for text in [&planned.stdout, &planned.stderr, &applied.stdout, &applied.stderr] {
        assert!(!text.contains("planted"), "{text}");
    }
    let tags = environment.behind_our_back(async |cx| {
        let queues = cx.sqs().list_queues().send().await.expect("queues");
        let [queue] = queues.queue_urls() else { panic!("{queues:?}") };
        let tags = cx.sqs().list_queue_tags().queue_url(queue).send().await.expect("tags");
        tags.tags.unwrap_or_default()
    });
    assert_eq!((tags["token"].as_str(), tags["user"].as_str()), (TOKEN, "planted-user"));
    assert_eq!(files_with(environment.folder(), "planted"), [""; 0]);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    assert_eq!(environment.proxy.count("ssm:GetParameters"), 3, "one call a run");
    put(&environment, "planted-token-2");
    let changed = environment.run(&["plan", "--detailed-exitcode"]).expect(2);
    assert!(changed.stdout.contains("Tags"), "{}", changed.stdout);
    environment.run(&["validate"]).expect(0);
    environment.run(&["destroy", "--yes"]).expect(0);
}

#[test]
fn what_is_not_there_is_told_where_it_is_used() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", STACK);
    let failed = environment.run(&["plan"]).expect(3);
    insta::assert_snapshot!(failed.stderr, @r#"
    error: `ssm`: Parameter Store of us-west-2 has no parameter `/shop/dev/token`
     --> stacks/dev.yaml:9:35
      |
    9 |         - { Key: token, Value: "${ssm('/shop/' + stack.name + '/token')}" }
      |                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    error: `secret`: Secrets Manager of us-west-2 has no secret `shop/db` with a value
      --> stacks/dev.yaml:10:34
       |
    10 |         - { Key: user, Value: "${secret('shop/db', 'user')}" }
       |                                  ^^^^^^^^^^^^^^^^^^^^^^^^^
    "#);
}
