use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::stack::Stack;

/// As much of a stack file as says where its state is. The rest may be wrong.
#[derive(Debug, Deserialize)]
pub struct FileHead {
    pub project: String,
    pub region: Option<String>,
    pub state: Option<String>,
    /// Of a file for many stacks.
    r#match: Option<String>,
}

/// The keys that are read, each on a line of its own.
const KEYS: [&str; 4] = ["project:", "region:", "state:", "match:"];

impl FileHead {
    /// The head of `NAME.yaml`, else of the one file whose pattern fits the name.
    pub fn read(folder: &Path, stack: &str) -> Option<Self> {
        let paths = std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
        let heads = paths.filter_map(|path| Some((Self::of_file(&path)?, path)));
        let (own, shared): (Vec<_>, Vec<_>) =
            heads.filter(|(head, path)| head.fits(path, stack)).partition(|(head, _)| head.r#match.is_none());
        let heads = if own.is_empty() { shared } else { own };
        let [(head, _)] = <[(Self, PathBuf); 1]>::try_from(heads).ok()?;
        Some(head)
    }

    fn of_file(path: &Path) -> Option<Self> {
        let is_yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        let text = std::fs::read_to_string(path).ok().filter(|_| is_yaml)?;
        let lines = text.lines().filter(|line| KEYS.iter().any(|key| line.starts_with(key)));
        serde_yaml::from_str(&lines.collect::<Vec<_>>().join("\n")).ok()
    }

    fn fits(&self, path: &Path, stack: &str) -> bool {
        match &self.r#match {
            Some(pattern) => Stack::is_named_by(pattern, stack),
            None => path.file_stem().is_some_and(|stem| stem == stack),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Option<(String, Option<String>)> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("dev.yaml"), text).unwrap();
        FileHead::read(folder.path(), "dev").map(|head| (head.project, head.state))
    }

    #[test]
    fn a_head_is_read_whatever_is_wrong_below_it() {
        let text = "project: shop\nregion: us-west-2\nstate: s3://b/pre\nresources: { q: { typ: 1 } }\nnonsense: [1]\n";
        assert_eq!(head(text), Some(("shop".to_owned(), Some("s3://b/pre".to_owned()))));
        assert_eq!(head("region: us-west-2\n"), None);
        assert_eq!(head("project: shop\nmatch: \"pr-*\"\n"), None);
        assert_eq!(head("project: shop\nresources: { q: [\n"), Some(("shop".to_owned(), None)));
    }

    #[test]
    fn a_file_of_the_name_comes_before_one_whose_pattern_fits() {
        let folder = tempfile::tempdir().unwrap();
        let project = |stack: &str| FileHead::read(folder.path(), stack).map(|head| head.project);
        std::fs::write(folder.path().join("pr.yaml"), "match: \"pr-*\"\nproject: preview\nresources: [\n").unwrap();
        assert_eq!(project("pr-7").as_deref(), Some("preview"));
        std::fs::write(folder.path().join("pr-7.yaml"), "project: own\n").unwrap();
        assert_eq!((project("pr-7").as_deref(), project("pr-8").as_deref()), (Some("own"), Some("preview")));
        assert_eq!(project("pr"), None);
    }
}
