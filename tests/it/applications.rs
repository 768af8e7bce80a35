//! The applications that the project's own stack files describe, through their whole lives.

use crate::emulators::Backend;
use crate::environment::TestEnvironment;
use crate::proxy::Routes;

const PRODUCTION: &str = include_str!("../../stacks/prod.yaml");

const ZONE: &str = "
project: dns
region: us-west-2
ephemeral: true
resources:
  zone: { type: 'AWS::Route53::HostedZone', properties: { Name: shop.example } }
";

/// What production holds that `destroy` keeps until it is named.
const PROTECTED: [&str; 8] =
    ["api_logs", "database", "database_instance", "jobs", "jobs_dlq", "load_balancer", "session_secret", "web"];

/// The application with state in a bucket of its own. The databases are at the emulator that has the subnets.
fn production() -> (TestEnvironment, String) {
    let environment = TestEnvironment::with_routes(Routes::default().with("rds", Backend::Moto));
    let bucket = format!("s3://{}", environment.unique);
    let text = PRODUCTION.replace("123456789012", &environment.account).replace("s3://shop-infra-state", &bucket);
    environment.write("stacks/prod.yaml", &text.replace("project: shop", &format!("project: {}", environment.unique)));
    environment.write("stacks/dns.yaml", ZONE);
    environment.run(&["init", "--state", &bucket]).expect(0);
    environment.run(&["apply", "--stack", "dns", "--yes"]).expect(0);
    (environment, bucket)
}

#[test]
fn production_is_applied_planned_without_a_change_and_destroyed_without_its_file() {
    let (environment, bucket) = production();
    environment.run(&["plan", "--stack", "prod", "--detailed-exitcode"]).expect(2);
    let applied = environment.run(&["apply", "--stack", "prod", "--yes"]).expect(0);
    assert!(applied.stderr.contains("\n35 operations done\n"), "{}", applied.stderr);
    assert!(applied.stdout.contains("url = http://api.shop.example\n"), "{}", applied.stdout);
    environment.run(&["plan", "--stack", "prod", "--detailed-exitcode"]).expect(0);
    environment.run(&["plan", "--stack", "prod", "--detailed-exitcode", "--offline"]).expect(0);

    std::fs::remove_file(environment.folder().join("stacks/prod.yaml")).expect("the stack file");
    let mut destroy = vec!["destroy", "--stack", "prod", "--state", &bucket, "--yes"];
    let refused = environment.run(&destroy).expect(5);
    assert!(refused.stderr.contains("26 to delete, 9 refused"), "{}", refused.stderr);
    destroy.extend(PROTECTED.iter().flat_map(|address| ["--allow-destroy", address]));
    environment.run(&destroy).expect(0);
    let snapshots = environment.proxy.matching("rds:DeleteDBCluster");
    assert!(snapshots[0].parameter("FinalDBSnapshotIdentifier").contains("-final-"));
    let left = environment.run(&["state", "list", "--stack", "prod", "--state", &bucket]).expect(0);
    assert_eq!(left.stdout, "");
}
