use serde::{Deserialize, Serialize};

/// The commit that the stack files were checked out from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitCommit {
    pub hash: String,
    /// `None` for a detached checkout whose branch nobody told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Files that git knows were changed and not committed.
    pub dirty: bool,
}

impl GitCommit {
    /// Reads what `git status --porcelain=v2 --branch` prints; `None` for a repository without a commit.
    /// Source: <https://git-scm.com/docs/git-status#_porcelain_format_version_2>.
    pub fn parse(status: &str) -> Option<Self> {
        let header = |name: &str| status.lines().find_map(|line| line.strip_prefix("# ")?.strip_prefix(name));
        let hash = header("branch.oid ").filter(|hash| *hash != "(initial)")?.to_owned();
        let branch = header("branch.head ").filter(|branch| *branch != "(detached)").map(str::to_owned);
        let dirty = status.lines().any(|line| !line.starts_with('#'));
        Some(Self { hash, branch, dirty })
    }

    /// The hash as people write it.
    pub fn short(&self) -> &str {
        self.hash.get(..8).unwrap_or(&self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "3f786850e387550fdab836ed7e6dc881de23001b";

    #[test]
    fn a_status_tells_commit_branch_and_changes() {
        let clean = format!("# branch.oid {HASH}\n# branch.head main\n# branch.upstream origin/main\n");
        let commit = GitCommit::parse(&clean).unwrap();
        assert_eq!((commit.short(), commit.branch.as_deref(), commit.dirty), ("3f786850", Some("main"), false));
        let changed = format!("{clean}1 .M N... 100644 100644 100644 {HASH} {HASH} stacks/dev.yaml\n");
        assert!(GitCommit::parse(&changed).unwrap().dirty);
        let detached = format!("# branch.oid {HASH}\n# branch.head (detached)\n");
        assert_eq!(GitCommit::parse(&detached).unwrap().branch, None);
        assert_eq!(GitCommit::parse("# branch.oid (initial)\n# branch.head main\n"), None);
    }
}
