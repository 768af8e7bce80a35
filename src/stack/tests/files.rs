use serde_json::json;

use super::fixture::Folder;
use crate::stack::{LoadOptions, Stack};

const HEAD: &str = "project: shop\nregion: us-west-2\n";

fn with(rest: &str) -> String {
    format!("{HEAD}{rest}")
}

#[test]
fn a_stack_is_the_file_of_its_name() {
    let folder = Folder::new(&[("dev.yaml", HEAD), ("prod.yml", HEAD)]);
    assert_eq!(folder.load("dev", &[]).expect("a stack").path, folder.path().join("dev.yaml"));
    assert_eq!(folder.load("prod", &[]).expect("a stack").path, folder.path().join("prod.yml"));
}

#[test]
fn a_pattern_stands_for_many_stacks_and_its_file_for_none_by_name() {
    let pr = with("match: \"pr-*\"\nephemeral: true\nttl: 72h\n");
    let folder = Folder::new(&[("pr.yaml", &pr), ("dev.yaml", HEAD)]);
    let stack = folder.load("pr-123", &[]).expect("a stack");
    assert_eq!((stack.name.as_str(), stack.ephemeral), ("pr-123", true));
    insta::assert_snapshot!(folder.errors("pr", &[]), @r"
    error: there is no stack `pr`
     --> --stack:1:9
      |
    1 | --stack pr
      |         ^^
      = the stacks in stacks are dev, pr-*
    ");
    insta::assert_snapshot!(folder.errors("dve", &[]), @r"
    error: there is no stack `dve`
     --> --stack:1:9
      |
    1 | --stack dve
      |         ^^^
      = did you mean `dev`? (the stacks in stacks are dev, pr-*)
    ");
    insta::assert_snapshot!(folder.errors("production", &[]), @r"
    error: there is no stack `production`
     --> --stack:1:9
      |
    1 | --stack production
      |         ^^^^^^^^^^
      = the stacks in stacks are dev, pr-*
    ");
    insta::assert_snapshot!(folder.errors("PR_123", &[]), @r"
    error: the stack name `PR_123` cannot be part of AWS names: it takes lower-case letters, digits and single hyphens, a letter first
     --> --stack:1:9
      |
    1 | --stack PR_123
      |         ^^^^^^
      = write `pr-123`
    ");
}

#[test]
fn a_file_of_the_name_goes_before_a_pattern() {
    let folder = Folder::new(&[("pr.yaml", &with("match: \"pr-*\"\n")), ("pr-1.yaml", HEAD)]);
    assert_eq!(folder.load("pr-1", &[]).expect("a stack").path, folder.path().join("pr-1.yaml"));
}

#[test]
fn two_patterns_that_fit_are_an_error() {
    let folder = Folder::new(&[("a.yaml", &with("match: \"pr-*\"\n")), ("b.yaml", &with("match: \"*-1\"\n"))]);
    insta::assert_snapshot!(folder.errors("pr-1", &[]), @r"
    error: the stack `pr-1` could be any of stacks/a.yaml, stacks/b.yaml
     --> --stack:1:9
      |
    1 | --stack pr-1
      |         ^^^^
      = make one `match` narrower
    ");
}

#[test]
fn a_broken_pattern_is_reported_where_it_could_be_meant() {
    let folder = Folder::new(&[("pr.yaml", &with("match: \"pr-[\"\n"))]);
    insta::assert_snapshot!(folder.errors("pr-1", &[]), @r#"
    error: `match` is no pattern: unclosed character class; missing ']'
     --> stacks/pr.yaml:3:8
      |
    3 | match: "pr-["
      |        ^^^^^^
    "#);
    let missing = Stack::load(std::path::Path::new("nowhere"), "dev", &LoadOptions::default());
    assert!(missing.err().expect("an error").to_string().contains("cannot read the folder of stack files"));
}

#[test]
fn overrides_replace_values_of_the_config() {
    let folder =
        Folder::new(&[("dev.yaml", &with("config: { image: a, db: { size: 1, names: [] }, on: true, note: x }\n"))]);
    let set = [("image", "x:1.25"), ("db.size", "2"), ("db.names", "[a, b]"), ("on", "\"no\""), ("note", "")];
    let config = folder.load("dev", &set).expect("a stack").config;
    assert_eq!(
        serde_json::Value::from(config),
        json!({"image": "x:1.25", "db": {"size": 2, "names": ["a", "b"]}, "on": "no", "note": ""})
    );
}

#[test]
fn overrides_that_fit_nothing_are_errors() {
    let folder = Folder::new(&[("dev.yaml", &with("config: { image: a, db: { size: 1 } }\n"))]);
    insta::assert_snapshot!(folder.errors("dev", &[("imgae", "x"), ("db.size.x", "1"), ("other", "[a"), ("db.size", ".inf")]), @r"
    error: `config` has no `imgae`
     --> --set:1:1
      |
    1 | imgae=…
      | ^^^^^
      = did you mean `image`?

    error: `config` has no `db.size.x`: it ends before `x`
     --> --set:1:1
      |
    1 | db.size.x=…
      | ^^^^^^^^^

    error: `config` has no `other`
     --> --set:1:1
      |
    1 | other=…
      | ^^^^^
      = `--set` replaces values that the stack file's `config` has

    error: a number must be finite
     --> --set db.size:1:1
      |
    1 | .inf
      | ^^^^
    ");
}

#[test]
fn the_digest_changes_with_everything_that_the_stack_is_made_of() {
    let text = with("config: { image: a }\noutputs: { f: \"${file('x.txt')}\" }\n");
    let digest = |file: &str, name: &str, set: &[(&str, &str)]| {
        let folder = Folder::new(&[("pr.yaml", &format!("match: \"*\"\n{text}")), ("x.txt", file)]);
        folder.load(name, set).expect("a stack").digest
    };
    let first = digest("1", "one", &[]);
    assert_eq!(first, digest("1", "one", &[]));
    assert_ne!(first, digest("2", "one", &[]));
    assert_ne!(first, digest("1", "two", &[]));
    assert_ne!(first, digest("1", "one", &[("image", "b")]));
}

#[test]
fn two_files_of_one_name_are_an_error_that_speaks_of_files() {
    let folder = Folder::new(&[("dev.yaml", HEAD), ("dev.yml", HEAD)]);
    insta::assert_snapshot!(folder.errors("dev", &[]), @r"
    error: the stack `dev` could be any of stacks/dev.yaml, stacks/dev.yml
     --> --stack:1:9
      |
    1 | --stack dev
      |         ^^^
      = keep one of them, and rename or delete the other
    ");
}

#[test]
fn a_broken_pattern_is_an_error_also_in_the_file_of_the_name() {
    let folder = Folder::new(&[("dev.yaml", &with("match: \"[a\"\nacount: x\n"))]);
    insta::assert_snapshot!(folder.errors("dev", &[]), @r#"
    error: `match` is no pattern: unclosed character class; missing ']'
     --> stacks/dev.yaml:3:8
      |
    3 | match: "[a"
      |        ^^^^

    error: unknown key `acount`
     --> stacks/dev.yaml:4:1
      |
    4 | acount: x
      | ^^^^^^
      = did you mean `account`?
    "#);
}

#[test]
fn an_override_without_a_key_is_told_so() {
    let folder = Folder::new(&[("dev.yaml", &with("config: { r: 1, db: { size: 1 } }\n"))]);
    insta::assert_snapshot!(folder.errors("dev", &[("", "3"), ("db..size", "3"), ("zz", "3")]), @r"
    error: `--set` has no key
     --> --set:1:1
      |
    1 | =…
      | ^
      = write `--set key=value`, or `--set outer.inner=value`

    error: a part of the key is missing
     --> --set:1:1
      |
    1 | db..size=…
      | ^^^^^^^^
      = write `--set key=value`, or `--set outer.inner=value`

    error: `config` has no `zz`
     --> --set:1:1
      |
    1 | zz=…
      | ^^
      = `--set` replaces values that the stack file's `config` has
    ");
}
