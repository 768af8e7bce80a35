use std::path::PathBuf;

use crate::command_line::QUEUES;
use crate::environment::TestEnvironment;

/// The two queues of `command_line`, with state in a bucket of their own.
pub fn queues_in_bucket() -> TestEnvironment {
    in_bucket(QUEUES)
}

/// A stack with its state in a new bucket.
pub fn in_bucket(stack: &str) -> TestEnvironment {
    let environment = TestEnvironment::new();
    let state = format!("state: s3://{}\nregion:", environment.unique);
    environment.write("stacks/dev.yaml", &stack.replacen("region:", &state, 1));
    environment.run(&["init"]).expect(0);
    environment.proxy.reset();
    environment
}

/// The files that runs kept of what they could not write.
pub fn kept(environment: &TestEnvironment) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(environment.folder().join(".infra/recovery")).into_iter().flatten();
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    paths.sort();
    paths
}
