//! What the next run makes of one that was cut off, where the sweep does not come by: emulators delete at once.

use crate::command_line::queues;
use crate::environment::TestEnvironment;
use crate::proxy::Hold;
use crate::world;

const DATABASE: &str = "
project: shop
region: us-west-2
ephemeral: true
resources:
  db:
    type: AWS::RDS::DBInstance
    properties:
      Engine: postgres
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: '20'
      MasterUsername: app
      MasterUserPassword: correct-horse-battery
";

#[test]
fn a_deletion_that_aws_never_heard_of_leaves_what_the_file_wants() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.kill_at(&["destroy", "--yes"], "sqs:DeleteQueue", Hold::BeforeSending);
    environment.proxy.reset();
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!((environment.proxy.count("sqs:DeleteQueue"), environment.proxy.count("sqs:CreateQueue")), (0, 0));
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn an_object_that_is_still_going_is_waited_for_and_made_anew() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", DATABASE);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.kill_at(&["destroy", "--yes"], "rds:DeleteDBInstance", Hold::BeforeSending);
    environment.proxy.reset();
    let (going, proxy) = ("<DBInstanceStatus>deleting<", &environment.proxy);
    proxy.on("rds:DescribeDBInstances").rewrite("<DBInstanceStatus>available<", going);
    let running = environment.start(&["apply", "--yes"]);
    // The plan's, the deletion's, and the first of those that wait.
    proxy.await_calls("rds:DescribeDBInstances", 3);
    assert_eq!((proxy.count("rds:DeleteDBInstance"), proxy.count("rds:CreateDBInstance")), (0, 0));
    delete_database(&environment, "shop-dev-db");
    proxy.reset();
    running.wait().expect(0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    let made = environment.run(&["state", "show", "db"]).expect(0);
    assert!(made.stdout.contains("shop-dev-db-"), "a name of its own: {made}");
}

#[test]
fn a_call_that_is_never_answered_is_given_up_and_made_again() {
    let mut environment = queues();
    environment.set("INFRA_CALL_TIMEOUT", "2s");
    environment.proxy.on("sqs:CreateQueue").nth(1).never_answer(Hold::BeforeAnswering);
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 3, "two queues, and one that was asked for again");
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

fn delete_database(environment: &TestEnvironment, name: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let context = world::context(&environment.proxy, &environment.account);
        let call = context.rds().delete_db_instance().db_instance_identifier(name).skip_final_snapshot(true);
        call.send().await.expect("a database that can be deleted");
    });
}
