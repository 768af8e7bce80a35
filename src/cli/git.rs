use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::history::GitCommit;

/// A working tree on a slow disk is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The commit that a folder is checked out from. `None` where that cannot be known: no repository, no commit, no git.
pub async fn commit(folder: &Path) -> Option<GitCommit> {
    let status = Command::new("git")
        .args(["status", "--porcelain=v2", "--branch", "--untracked-files=no"])
        .current_dir(folder)
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

/// CI checks out a commit and no branch.
fn branch_of_ci() -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    variable("GITHUB_HEAD_REF").or_else(|| variable("GITHUB_REF_NAME"))
}
