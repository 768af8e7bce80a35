use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::fixture::{Folder, Known};
use crate::graph::Graph;
use crate::stack::Stack;

/// A stack of `count` queues; each reads the one before it, through CEL for every third.
fn queues(count: usize) -> Folder {
    let mut text = String::from("project: shop\nregion: us-west-2\nconfig: { delay: 4 }\nresources:\n");
    for index in 0..count {
        let _ = writeln!(text, "  q{index}:\n    type: AWS::SQS::Queue\n    properties:");
        let _ = writeln!(
            text,
            "      QueueName: \"${{stack.name}}-{index}\"\n      DelaySeconds: \"${{config.delay / 2}}\""
        );
        let _ = writeln!(text, "      Tags: [{{ Key: team, Value: web }}, {{ Key: index, Value: \"{index}\" }}]");
        let before = index.checked_sub(1).map(|before| match index % 3 {
            0 => format!("${{size(q{before}.Arn) > 0 ? q{before}.Arn : ''}}"),
            _ => format!("${{q{before}.Arn}}"),
        });
        if let Some(before) = before {
            let _ = writeln!(text, "      RedrivePolicy: {{ deadLetterTargetArn: \"{before}\", maxReceiveCount: 3 }}");
        }
    }
    Folder::new(&[("dev.yaml", &text)])
}

/// The time to load, order and evaluate.
fn time(folder: &Folder, scope: &Known) -> Duration {
    let start = Instant::now();
    let stack: Stack = folder.load("dev", &[]).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    let graph = Graph::of_stack(&stack).expect("no cycle");
    for address in graph.order() {
        stack.evaluate(address, scope).expect("properties");
    }
    start.elapsed()
}

#[test]
fn work_grows_with_the_size_of_the_stack() {
    let scope = Known::default();
    time(&queues(10), &scope);
    let (small, large) = (time(&queues(500), &scope), time(&queues(2_000), &scope));
    // Four times the resources; anything quadratic would take sixteen times as long.
    assert!(large < small * 9, "{small:?} for 500, {large:?} for 2,000");
}
