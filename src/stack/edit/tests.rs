//! Edits of whole stack files: what they change, and that they change nothing else.

use proptest::prelude::*;

use super::{ConfigValue, EditError, NewValue, StackFile};
use crate::encryption::{CipherKind, Ciphertext};

const HEAD: &str = "project: shop\nregion: us-west-2\n";

fn file(text: &str) -> StackFile {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("dev.yaml"), text).expect("a file");
    StackFile::read(folder.path(), "dev").unwrap_or_else(|diagnostics| panic!("{diagnostics}\n{text}"))
}

fn plain(text: &str) -> NewValue {
    NewValue::plain("key", text, &crate::value::Value::Null).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

fn secret() -> NewValue {
    NewValue::Secret(Ciphertext::new(CipherKind::Age, vec![1, 2, 3]))
}

/// The text below the head after one edit; `"-"` removes.
fn edited(text: &str, key: &str, value: &str) -> String {
    let file = file(&format!("{HEAD}{text}"));
    let edited = match value {
        "-" => file.remove(key),
        "secret" => file.set(key, &secret()),
        value => file.set(key, &plain(value)),
    };
    let edited = edited.unwrap_or_else(|error| panic!("{error}\n{text}"));
    edited.strip_prefix(HEAD).expect("the same head").to_owned()
}

#[test]
fn a_value_is_set_where_it_stands_and_a_new_one_goes_last() {
    let text = "config:\n  # how often\n  retries: 5   # not more\n\n  image: 'nginx' \n\n# below\nresources: {}\n";
    assert_eq!(edited(text, "retries", "7"), text.replace('5', "7"));
    assert_eq!(edited(text, "retries", "secret"), text.replace('5', "{ secret: \"age:AQID\" }"));
    assert_eq!(edited(text, "size", "2"), text.replace("'nginx' \n", "'nginx' \n  size: 2\n"));
    assert_eq!(edited(text, "image", "-"), text.replace("  image: 'nginx' \n", ""));
    let margin = "config:\n    a: 1\n# at the margin\n    b: 2\n";
    assert_eq!(edited(margin, "a", "-"), margin.replace("    a: 1\n", ""));
    assert_eq!(edited("config: # one\n  a: 1\nresources: {}\n", "a", "-"), "config: {} # one\nresources: {}\n");
}

#[test]
fn a_dotted_key_is_set_in_its_map_and_made_where_there_is_none() {
    let text = "config:\n  database:\n    max: 4 # most\n    min: 1\n";
    assert_eq!(edited(text, "database.max", "8"), text.replace('4', "8"));
    assert_eq!(edited(text, "database.max", "-"), text.replace("    max: 4 # most\n", ""));
    assert_eq!(edited(text, "database.size", "2"), format!("{text}    size: 2\n"));
    assert_eq!(edited(text, "cache.size.max", "2"), format!("{text}  cache: {{ size: {{ max: 2 }} }}\n"));
    assert_eq!(
        edited(text, "cache.token", "secret"),
        format!("{text}  cache: {{ token: {{ secret: \"age:AQID\" }} }}\n")
    );
}

#[test]
fn a_file_without_config_gets_one_below_its_head() {
    assert_eq!(edited("", "size", "2"), "config:\n  size: 2\n");
    assert_eq!(edited("# below\nresources: {}\n", "size", "2"), "config:\n  size: 2\n# below\nresources: {}\n");
    assert_eq!(edited("config:\nresources: {}\n", "size", "2"), "config:\n  size: 2\nresources: {}\n");
    assert_eq!(edited("config: # none yet\n", "size", "2"), "config: # none yet\n  size: 2\n");
    assert_eq!(edited("config: {}\n", "size", "secret"), "config: {size: { secret: \"age:AQID\" }}\n");
    let file = file("{project: shop, region: us-west-2}");
    let text = file.set("size", &plain("2")).expect("an edit");
    assert!(text.starts_with("{project: shop, region: us-west-2, config: {") && text.contains("size: 2"), "{text}");
}

#[test]
fn flow_maps_line_ends_and_a_missing_last_line_end_stay() {
    assert_eq!(
        edited("config: { a: 1, b: \"x\" }\n", "a", "${stack.name}"),
        "config: { a: \"${stack.name}\", b: \"x\" }\n"
    );
    assert_eq!(edited("config: { a: 1, b: \"x\" }\n", "c", "3"), "config: { a: 1, b: \"x\", c: 3 }\n");
    assert_eq!(edited("config:\n  a: 1", "a", "2"), "config:\n  a: 2");
    assert_eq!(edited("config:\n  a: 1", "b", "2"), "config:\n  a: 1\n  b: 2");
    let text = format!("{HEAD}config:\n  a: 1\n  # about b\n  b: 2\n").replace('\n', "\r\n");
    let set = |key: &str| file(&text).set(key, &plain("7")).expect("an edit");
    assert_eq!(set("a"), text.replace('1', "7"));
    assert_eq!(set("c"), format!("{text}  c: 7\r\n"));
    let bare = HEAD.replace('\n', "\r\n");
    assert_eq!(file(&bare).set("a", &plain("7")).expect("an edit"), format!("{bare}config:\r\n  a: 7\r\n"));
}

#[test]
fn what_an_alias_shares_is_not_changed() {
    let shared = file(&format!("{HEAD}config:\n  a: &x 1\n  b: *x\n"));
    assert!(matches!(shared.set("a", &plain("2")), Err(EditError::Entangled { .. })));
    assert_eq!(shared.set("b", &plain("2")).expect("an edit"), format!("{HEAD}config:\n  a: &x 1\n  b: 2\n"));
}

#[test]
fn keys_that_cannot_be_are_told_apart() {
    let file =
        file(&format!("{HEAD}config: {{ a: 1, token: {{ secret: required }}, key: {{ secret: \"age:AQID\" }} }}\n"));
    for key in ["", "a.", ".a", "b c", "5", "${x}"] {
        assert!(matches!(file.set(key, &plain("2")), Err(EditError::Key(_) | EditError::NoMap(_))), "{key}");
    }
    assert!(matches!(file.set("a.b", &plain("2")), Err(EditError::NoMap(above)) if above == "a"));
    assert!(matches!(file.set("token.secret", &plain("2")), Err(EditError::InsideSecret(_))));
    assert!(matches!(file.remove("b"), Err(EditError::Missing { known, .. }) if known == ["a", "token", "key"]));
    assert_eq!(file.config.at("token"), Some(&ConfigValue::Required));
    assert_eq!(file.config.at("key"), Some(&ConfigValue::Secret("age:AQID".to_owned())));
}

#[test]
fn a_replaced_file_keeps_its_mode_and_leaves_nothing_beside_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("real.yaml.in");
    std::fs::write(&path, HEAD).expect("a file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("a mode");
    std::os::unix::fs::symlink(&path, folder.path().join("dev.yaml")).expect("a link");
    let file = StackFile::read(folder.path(), "dev").unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    file.write("new").expect("a written file");
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), "new");
    assert_eq!(std::fs::metadata(&path).expect("the file").permissions().mode() & 0o777, 0o640);
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 2);
}

/// A value as people write it, below `config` at some depth: what follows the key's colon, with line ends.
fn written_value() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        " 5\n",
        " plain text   # why\n",
        " 'single: quoted'\n",
        " \"dou#ble\" # why\n",
        " ${stack.name}\n",
        " [1, two] # list\n",
        " { max: 4, min: \"1\" }\n",
        " { secret: \"age:AQID\" }\n",
        " [1,\n      2]\n",
        "\n      - 1\n      # two\n      - 2\n",
        "\n      deep: 1 # one\n\n      # two\n      other: 'x'\n",
        " >-\n      folded\n      text\n",
        " |\n      literal\n\n      text\n",
        "\n",
        " # nothing\n",
        " &anchor 7\n",
    ])
}

fn between() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "", "\n", "    # a comment\n", "\n    # one\n    # two\n\n", "# at the margin\n"])
}

proptest! {
    #[test]
    fn every_line_but_those_of_the_value_stays(
        values in prop::collection::vec((between(), written_value()), 1..6),
        last in between(),
        below in prop::sample::select(vec!["", "resources: {}\n", "# end\ntags: { a: b }\n\noutputs:\n  x: ${config.k0}\n"]),
        chosen in 0usize..7,
        new in prop::sample::select(vec!["7", "some text", "\"quoted\"", "a: b", "[x]", "secret", "-"]),
        windows in any::<bool>(),
        cut in any::<bool>(),
    ) {
        let ends = |text: String| if windows { text.replace('\n', "\r\n") } else { text };
        let mut above = format!("# {HEAD}{HEAD}\nconfig: # values\n");
        above = above.replacen("# project", "# of the project", 1).replacen("\nregion", "\n# region", 1);
        let (mut old, mut rest) = (String::new(), String::new());
        for (index, (comment, value)) in values.iter().enumerate() {
            let entry = format!("    k{index}:{value}");
            let target = if index == chosen { &mut old } else if old.is_empty() { &mut above } else { &mut rest };
            match index == chosen {
                true => { above += comment; old = entry; }
                false => { target.push_str(comment); target.push_str(&entry); }
            }
        }
        rest = format!("{rest}{last}{below}");
        let mut text = ends(format!("{above}{old}{rest}"));
        if cut { text.truncate(text.trim_end().len()); }
        let key = format!("k{chosen}");
        let before = file(&text);
        let is_there = chosen < values.len();
        // The last value leaves `config: {}` behind, which is another line.
        prop_assume!(new != "-" || is_there && values.len() > 1);
        let edited = match new {
            "-" => before.remove(&key),
            "secret" => before.set(&key, &secret()),
            new => before.set(&key, &plain(new)),
        };
        let edited = edited.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;

        let after = file(&edited);
        let expected = match new {
            "-" => None,
            "secret" => Some(ConfigValue::Secret("age:AQID".to_owned())),
            new => Some(ConfigValue::Plain(plain(new).value().to_json().expect("known"))),
        };
        prop_assert_eq!(after.config.at(&key), expected.as_ref());
        let lines = |text: &str| text.split_inclusive('\n').map(|line| line.trim_end_matches(['\r', '\n']).to_owned()).collect::<Vec<_>>();
        let (was, is) = (lines(&text), lines(&edited));
        let same = was.iter().zip(&is).take_while(|(was, is)| was == is).count();
        let left = was.len().min(is.len()) - same;
        let same_below = was.iter().rev().zip(is.iter().rev()).take(left).take_while(|(was, is)| was == is).count();
        let gone = &was[same..was.len() - same_below];
        prop_assert!(is.len() - same - same_below <= 1, "more than one new line\n{text}\n>>>\n{edited}");
        let own = lines(&ends(old));
        for line in gone {
            prop_assert!(own.contains(line) || line.is_empty() && (own.len() > 1 || new == "-"), "{line:?} is gone\n{text}\n>>>\n{edited}");
        }
        let crlf = |text: &str| (text.matches("\r\n").count(), text.matches('\n').count());
        let (pairs, all) = crlf(&edited);
        prop_assert!(if windows { pairs == all } else { pairs == 0 }, "mixed line ends\n{edited:?}");
    }
}
