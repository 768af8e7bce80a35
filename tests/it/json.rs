//! What programs get: one JSON object on stdout from every command, whatever becomes of it.

use std::collections::BTreeSet;

use clap::Command;
use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use crate::command_line::{QUEUES, queues};
use crate::environment::{Output, TestEnvironment};
use crate::proxy::Hold;

/// Every command with what it takes here, in an order in which each can succeed.
const CASES: &[(&str, &[&str])] = &[
    ("init", &[]),
    ("validate", &[]),
    ("plan", &[]),
    ("apply", &["--yes"]),
    ("drift", &[]),
    ("refresh", &[]),
    ("outputs", &[]),
    ("graph", &[]),
    ("config get", &[]),
    ("config set", &["timeout", "46"]),
    ("config rm", &["unused"]),
    ("config rotate", &[]),
    ("state list", &[]),
    ("state show", &["jobs"]),
    ("state pull", &[]),
    ("state push", &["pulled.json"]),
    ("state mv", &["failed", "lost"]),
    ("state rm", &["lost"]),
    ("import", &["sqs:shop-dev-failed.fifo"]),
    ("apply", &["--yes"]),
    ("history", &[]),
    ("history show", &["1"]),
    ("rollback", &["--yes", "--to", "1"]),
    ("schema", &[]),
    ("schema", &["AWS::SQS::Queue"]),
    ("completions", &["bash"]),
    ("state move", &["--to", "elsewhere"]),
    ("destroy", &["--yes", "--state", "elsewhere"]),
];

/// Has a test of its own.
const APART: &[&str] = &["state unlock"];

#[test]
fn every_command_tells_programs_one_object() {
    let mut environment = TestEnvironment::new();
    environment.set("SHOP_PASSPHRASE", "correct horse battery staple");
    let config = "config: { timeout: 45, unused: 1 }\nencryption: { passphrase_env: SHOP_PASSPHRASE }\n";
    environment.write("stacks/dev.yaml", &QUEUES.replace("config: { timeout: 45 }\n", config));
    for (command, arguments) in CASES {
        if *command == "state push" {
            environment.write("pulled.json", &environment.run_raw(&["state", "pull"]).expect(0).stdout);
        }
        let words: Vec<&str> = command.split(' ').chain(arguments.iter().copied()).chain(["--json"]).collect();
        let told = document(&environment.run(&words).expect(0));
        assert!(told.as_object().is_some_and(|facts| facts.len() > 1), "`{command}` tells programs nothing: {told}");
        assert_eq!(told.get("error"), None, "`{command}`: {told}");
    }
    let tried: BTreeSet<&str> = CASES.iter().map(|(command, _)| *command).chain(APART.iter().copied()).collect();
    let known = leaves(&infra::cli::command(), "");
    assert_eq!(known.iter().map(String::as_str).collect::<BTreeSet<_>>(), tried, "a command without a case here");
    let page = include_str!("../../docs/json.md");
    for command in known {
        assert!(page.contains(&format!("`{command}`")) || page.contains(&format!("`{command} ")), "{command}");
    }
}

#[test]
fn mistakes_in_the_arguments_of_any_command_are_told_to_programs() {
    let environment = TestEnvironment::new();
    for command in leaves(&infra::cli::command(), "") {
        let words: Vec<&str> = std::iter::once("--json").chain(command.split(' ')).chain(["--nonsense"]).collect();
        let told = document(&environment.run(&words).expect(1));
        assert_eq!(told["error"]["message"], "unexpected argument '--nonsense' found", "{command}");
        assert_eq!(told["error"]["exit"], 1, "{command}");
        assert!(told["error"]["hints"].is_array() && told["error"]["diagnostics"] == json!([]), "{command}: {told}");
    }
    let run = environment.run(&["plan", "--json", "--taget", "x"]).expect(1);
    assert_snapshot!(run.stdout, @r#"
    {
      "version": 1,
      "error": {
        "message": "unexpected argument '--taget' found",
        "hints": [
          "a similar argument exists: '--target'",
          "usage: infra plan --json --target <ADDRESS>"
        ],
        "exit": 1,
        "diagnostics": []
      }
    }
    "#);
    assert!(run.stderr.starts_with("error: unexpected argument '--taget' found"), "people still read it: {run}");
    let none = document(&environment.run(&["--json"]).expect(1));
    assert_eq!(none["error"]["message"], "'infra' requires a subcommand but one was not provided");
    // What stands behind `--` is no option.
    assert_eq!(environment.run(&["config", "get", "--nonsense", "--", "--json"]).expect(1).stdout, "");
}

#[test]
fn help_and_version_are_told_to_programs() {
    let environment = TestEnvironment::new();
    let version = document(&environment.run(&["--version", "--json"]).expect(0));
    assert_eq!(version, json!({"version": 1, "infra": env!("CARGO_PKG_VERSION")}));
    let help = document(&environment.run(&["plan", "--help", "--json"]).expect(0));
    assert!(help["help"].as_str().is_some_and(|text| text.contains("--target")), "{help}");
}

#[test]
fn warnings_stand_in_nobodys_way() {
    let environment = TestEnvironment::new();
    let vpc = "resources:\n  vpc: { type: AWS::EC2::VPC, properties: { CidrBlock: 10.0.1.0/16 } }\n";
    environment.write("stacks/dev.yaml", &format!("project: shop\nregion: us-west-2\n{vpc}"));
    for command in [&["validate"][..], &["plan"], &["apply", "--yes"]] {
        let run = environment.run(command).expect(0);
        assert_eq!(run.stderr.matches("warning: EC2 makes `10.0.0.0/16` of `10.0.1.0/16`").count(), 1, "{run}");
    }
    let told = document(&environment.run(&["plan", "--json"]).expect(0));
    assert_snapshot!(format!("{:#}", told["warnings"]), @r#"
    [
      {
        "file": "stacks/dev.yaml",
        "line": 4,
        "column": 56,
        "width": 11,
        "message": "EC2 makes `10.0.0.0/16` of `10.0.1.0/16`: the bits behind the prefix do not count",
        "help": "write `10.0.0.0/16`",
        "related": []
      }
    ]
    "#);
    let destroyed = environment.run(&["destroy", "--yes"]).expect(0);
    assert!(!destroyed.stderr.contains("warning"), "{destroyed}");
}

#[test]
fn an_apply_that_fails_tells_programs_why() {
    let environment = queues();
    environment.proxy.on("sqs:CreateQueue").fail(403, "AccessDenied", "not allowed to sqs:createqueue");
    let told = document(&environment.run(&["apply", "--yes", "--json"]).expect(1));
    assert_eq!(told["outcomes"].as_array().map(Vec::len), Some(2), "{told}");
    assert_snapshot!(format!("{:#}", told["error"]), @r#"
    {
      "message": "create failed: sqs:CreateQueue: AccessDenied: not allowed to sqs:createqueue",
      "hints": [],
      "exit": 1,
      "diagnostics": []
    }
    "#);
}

#[test]
fn a_result_and_the_error_after_it_are_one_object() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &QUEUES.replace("    protect: false\n", ""));
    environment.run(&["apply", "--yes"]).expect(0);
    let told = document(&environment.run(&["plan", "--destroy", "--json"]).expect(5));
    assert_eq!(told["summary"]["refused"], 2);
    assert_eq!(told["error"]["exit"], 5);
    let nothing = document(&environment.run(&["destroy", "--yes", "--stack", "other", "--json"]).expect(3));
    assert!(nothing["error"]["message"].as_str().is_some_and(|message| message.contains("other")), "{nothing}");
}

#[test]
fn who_holds_the_lock_is_told_with_its_advice_as_hints() {
    let environment = queues();
    let held = environment.proxy.on("sqs:CreateQueue").hold(Hold::BeforeSending);
    let running = environment.start(&["apply", "--yes"]);
    held.reached();
    let told = document(&environment.run_raw(&["apply", "--yes", "--json"]).expect(4));
    let (message, hints) = (told["error"]["message"].to_string(), told["error"]["hints"].to_string());
    assert!(message.contains("is locked by") && !message.contains("\\n"), "{message}");
    assert!(hints.contains("until") && hints.contains("infra state unlock"), "{hints}");
    let id = hints.split("infra state unlock ").nth(1).and_then(|rest| rest.split('"').next()).expect("the lock's id");
    let alive = document(&environment.run(&["state", "unlock", id, "--json"]).expect(4));
    assert!(alive["error"]["hints"].to_string().contains("--force"), "{alive}");
    let taken = document(&environment.run_raw(&["state", "unlock", id, "--force", "--json"]).expect(0));
    assert_eq!(taken["unlocked"]["id"], id);
    held.release();
    running.wait();
}

/// The only object on stdout.
#[track_caller]
fn document(run: &Output) -> Json {
    let told: Json = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("no JSON: {error}\n{run}"));
    assert_eq!(told["version"], 1, "{run}");
    told
}

/// The commands that do something, `state mv`.
fn leaves(command: &Command, path: &str) -> Vec<String> {
    let inner = command.get_subcommands().flat_map(|inner| {
        let path = format!("{path} {}", inner.get_name());
        leaves(inner, path.trim_start())
    });
    let itself = (!path.is_empty() && !command.is_subcommand_required_set()).then(|| path.to_owned());
    inner.chain(itself).collect()
}
