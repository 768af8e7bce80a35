use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value as Json;

use super::finding::Finding;
use super::places::paths;
use super::template::stack;
use crate::emulators::python;
use crate::world::REGION;

/// What the built binary refuses of a stack with these resources.
pub(super) fn infra(folder: &Path, name: &str, resources: &Json) -> Vec<Finding> {
    let stack = stack(resources);
    let text = serde_json::to_string_pretty(&stack).expect("JSON");
    fs::create_dir_all(folder.join("stacks")).expect("a folder");
    fs::write(folder.join(format!("stacks/{name}.yaml")), text).expect("a stack file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_infra"));
    let output = run(command.args(["validate", "--json", "--stack", name]), folder);
    let said: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    let lines = paths(&stack);
    let diagnostics = said["error"]["diagnostics"].as_array().cloned().unwrap_or_default();
    assert_eq!(output.status.success(), diagnostics.is_empty(), "{said}");
    diagnostics.iter().map(|diagnostic| of_line(diagnostic, &lines)).collect()
}

fn of_line(diagnostic: &Json, lines: &[Vec<String>]) -> Finding {
    let line = diagnostic["line"].as_u64().and_then(|line| usize::try_from(line).ok()).expect("a line");
    Finding::at(&lines[line - 1], diagnostic["message"].as_str().expect("a message"))
}

/// What cfn-lint calls an error, by the template's name, of all templates in the folder.
pub(super) fn cfn_lint(folder: &Path, names: &[String]) -> HashMap<String, Vec<Finding>> {
    let mut command = Command::new(python().with_file_name("cfn-lint"));
    command.args(["--format", "json", "--non-zero-exit-code", "none", "--regions", REGION, "--"]);
    let output = run(command.args(names.iter().map(|name| format!("{name}.json"))), folder);
    let said: Vec<Json> = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    let mut findings = HashMap::<String, Vec<Finding>>::new();
    for said in said.iter().filter(|said| said["Level"] == "Error") {
        let file = said["Filename"].as_str().expect("a file");
        let name = file.strip_suffix(".json").expect("a template").to_owned();
        findings.entry(name).or_default().push(of_path(said));
    }
    findings
}

fn of_path(said: &Json) -> Finding {
    let step = |step: &Json| step.as_str().map_or_else(|| step.to_string(), str::to_owned);
    let path: Vec<String> = said["Location"]["Path"].as_array().into_iter().flatten().map(step).collect();
    let rule = said["Rule"]["Id"].as_str().expect("a rule");
    Finding::at(&path, &format!("{rule} {}", said["Message"].as_str().expect("a message")))
}

/// Runs a command that finds no configuration of the machine's own.
fn run(command: &mut Command, folder: &Path) -> Output {
    command.current_dir(folder).env_clear().env("HOME", folder).output().expect("a command that runs")
}
