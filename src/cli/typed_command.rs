/// A command line as one could type it again, with `cover` over each argument and over what stands behind its `=`.
pub fn typed_command(arguments: impl IntoIterator<Item = String>, cover: impl Fn(&str) -> String) -> String {
    let words = arguments.into_iter().map(|argument| quoted(&covered(&argument, &cover)));
    std::iter::once("infra".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// `--set=key=value` has its value behind the second `=`.
fn covered(argument: &str, cover: &impl Fn(&str) -> String) -> String {
    let whole = cover(argument);
    match argument.split_once('=') {
        Some((name, value)) if whole == argument => format!("{}={}", cover(name), covered(value, cover)),
        _ => whole,
    }
}

fn quoted(word: &str) -> String {
    let plain = |char: char| char.is_alphanumeric() || "-_./:=,@%+".contains(char);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(arguments: &[&str]) -> String {
        let cover = |text: &str| text.replace("hunter2", "(secret)");
        typed_command(arguments.iter().map(|argument| (*argument).to_owned()), cover)
    }

    #[test]
    fn a_command_can_be_typed_again_and_holds_no_secret() {
        assert_eq!(typed(&["apply", "--set", "timeout=60", "-y"]), "infra apply --set timeout=60 -y");
        assert_eq!(typed(&["apply", "--target", "q[\"a\"]"]), r#"infra apply --target 'q["a"]'"#);
        assert_eq!(typed(&["apply", "--set=password=hunter2"]), "infra apply '--set=password=(secret)'");
        assert_eq!(typed(&["apply", "--set", "name=it's"]), r"infra apply --set 'name=it'\''s'");
    }

    #[test]
    fn a_secret_with_an_equals_sign_is_covered_as_a_whole() {
        let cover = |text: &str| text.replace("QUJD==", "(secret)");
        let typed = |argument: &str| typed_command([argument.to_owned()], cover);
        assert_eq!(typed("token=QUJD=="), "infra 'token=(secret)'");
        assert_eq!(typed("--set=token=QUJD=="), "infra '--set=token=(secret)'");
    }

    #[test]
    fn a_short_secret_is_covered_as_a_whole() {
        let cover = |text: &str| if text == "123" { "(secret)".to_owned() } else { text.to_owned() };
        assert_eq!(typed_command(["--set=pin=123".to_owned()], cover), "infra '--set=pin=(secret)'");
    }
}
