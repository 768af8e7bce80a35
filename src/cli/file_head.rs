use std::path::Path;

use serde::Deserialize;

/// As much of a stack file as says where its state is. The rest may be wrong.
#[derive(Debug, Deserialize)]
pub struct FileHead {
    pub project: String,
    pub region: Option<String>,
    pub state: Option<String>,
    /// A file for many stacks; which of them is meant is for the loader to find out.
    r#match: Option<String>,
}

impl FileHead {
    /// The head of `NAME.yaml`, if that is a file for this one stack.
    pub fn read(folder: &Path, stack: &str) -> Option<Self> {
        let texts =
            ["yaml", "yml"].map(|extension| std::fs::read_to_string(folder.join(format!("{stack}.{extension}"))));
        let ([Ok(text), Err(_)] | [Err(_), Ok(text)]) = texts else { return None };
        let head: Self = serde_yaml::from_str(&text).ok()?;
        head.r#match.is_none().then_some(head)
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
    }
}
