use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::variable::variable;
use crate::history::GitCommit;

/// A working tree on a slow disk is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The commit that a folder is checked out from. `None` where that cannot be known: no repository, no commit, no git.
pub async fn commit(folder: &Path) -> Option<GitCommit> {
    let status = Command::new("git")
        .args(["status", "--porcelain=v2", "--branch", "--untracked-files=no"])
        .current_dir(folder)
        .env_clear()
        .envs(std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_for_git)))
        // A look must not write to the index.
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(PATIENCE, status).await.ok()?.ok().filter(|output| output.status.success())?;
    let commit = GitCommit::parse(&String::from_utf8_lossy(&output.stdout))?;
    Some(GitCommit { branch: commit.branch.or_else(branch_of_ci), ..commit })
}

/// What git needs of our environment, which holds AWS keys and the secrets of stacks: a repository's own configuration
/// can make git start any program.
fn is_for_git(name: &str) -> bool {
    const NAMES: [&str; 9] =
        ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"];
    NAMES.contains(&name) || name.starts_with("LC_") || name.starts_with("GIT_")
}

/// CI checks out a commit and no branch.
fn branch_of_ci() -> Option<String> {
    variable("GITHUB_HEAD_REF").or_else(|| variable("GITHUB_REF_NAME"))
}
