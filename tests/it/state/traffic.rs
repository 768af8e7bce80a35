//! What state costs: it grows with the changes, and not with the size of the state.

use std::fmt::Write;

use serde_json::json;

use super::shared::in_bucket;
use crate::environment::TestEnvironment;
use crate::measurements::write_down;

/// What one run wrote.
#[derive(Debug, Clone, Copy)]
struct Traffic {
    puts: usize,
    bytes: usize,
    /// Objects that the next command has to read.
    to_read: usize,
}

/// Queues with a policy, so that each takes as much state as real ones do.
fn queues(count: usize) -> String {
    let mut text =
        "project: shop\nregion: us-west-2\nephemeral: true\nconfig: { timeout: 30 }\nresources:\n".to_owned();
    for number in 0..count {
        let timeout = if number == 0 { "${config.timeout}" } else { "30" };
        let tags = "Tags: [{ Key: team, Value: checkout }, { Key: cost-center, Value: '4711' }]";
        let properties = format!("VisibilityTimeout: \"{timeout}\", MessageRetentionPeriod: 345600, {tags}");
        writeln!(text, "  q{number}: {{ type: 'AWS::SQS::Queue', properties: {{ {properties} }} }}").expect("a text");
    }
    text.replace("\"30\"", "30").replace("\"${config.timeout}\"", "'${config.timeout}'")
}

fn traffic(environment: &TestEnvironment, arguments: &[&str]) -> Traffic {
    environment.proxy.reset();
    environment.run(arguments).expect(0);
    let mut puts = environment.proxy.matching("s3:PutObject");
    // The record of a run holds its inputs, whatever it changed.
    puts.retain(|call| !call.parameter("Key").contains("/history/"));
    let bytes = puts.iter().map(|call| call.bytes).sum();
    let writes = puts.len();
    environment.proxy.reset();
    environment.run(&["state", "list"]).expect(0);
    Traffic { puts: writes, bytes, to_read: environment.proxy.count("s3:GetObject") }
}

/// What the same costs in a stack that lasts: what nobody wrote is kept as well.
fn lasting(size: usize) -> Traffic {
    let environment = in_bucket(&queues(size).replace("ephemeral: true\n", ""));
    let all = traffic(&environment, &["apply", "--yes"]);
    tell(size, "create all, to last", all);
    all
}

fn tell(size: usize, what: &str, Traffic { puts, bytes, to_read }: Traffic) {
    println!("{size} resources, {what}: {puts} PUTs, {bytes} bytes, {to_read} objects to read then");
    let row = json!({"resources": size, "what": what, "puts": puts, "bytes": bytes, "objects_to_read": to_read});
    write_down("state", row);
}

fn measure(size: usize) -> (Traffic, Traffic) {
    let environment = in_bucket(&queues(size));
    let all = traffic(&environment, &["apply", "--yes"]);
    let one = traffic(&environment, &["apply", "--yes", "--set", "timeout=45"]);
    tell(size, "create all", all);
    tell(size, "change one", one);
    (all, one)
}

#[test]
fn what_a_run_writes_grows_with_what_it_changes() {
    let (ten, one_of_ten) = measure(10);
    let (hundred, one_of_hundred) = measure(100);
    // Bytes for each resource made stay what they are.
    assert!(hundred.bytes < ten.bytes * 10 * 3 / 2, "{hundred:?} {ten:?}");
    assert!(hundred.puts < 100 * 3, "{hundred:?}");
    // What nobody wrote of a queue is a few words.
    let lasting = lasting(100);
    assert!(lasting.bytes < hundred.bytes * 5 / 4 && lasting.puts < 100 * 3, "{lasting:?} {hundred:?}");
    // A change costs its intent, its outcome, the lock and little more, whatever lies around it.
    assert!(one_of_hundred.puts <= one_of_ten.puts, "{one_of_hundred:?} {one_of_ten:?}");
    assert!(one_of_hundred.bytes < hundred.bytes / 20, "{one_of_hundred:?} {hundred:?}");
}

#[test]
#[ignore = "makes a thousand queues, so `make bench` runs it"]
fn a_change_of_a_big_stack_costs_what_it_costs_in_a_small_one() {
    let (_, small) = measure(100);
    let (all, one) = measure(1000);
    assert!(one.bytes < small.bytes * 3 / 2, "{one:?} {small:?}");
    assert!(one.bytes < all.bytes / 200, "{one:?} {all:?}");
}
