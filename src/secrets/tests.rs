use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use proptest::prelude::*;

use super::{Secrets, forms};

fn secrets(texts: &[&str]) -> Secrets {
    let secrets = Secrets::default();
    texts.iter().for_each(|text| secrets.add(text));
    secrets
}

#[track_caller]
fn assert_masked(secrets: &Secrets, cases: &[(&str, &str)]) {
    for (text, masked) in cases {
        assert_eq!(secrets.mask(text), *masked, "{text}");
    }
}

#[test]
fn a_secret_is_covered_in_every_form_that_programs_write() {
    let secrets = secrets(&["pa\"ss w/rd", "pa\"ss w/rd and more"]);
    for written in [
        "pa\"ss w/rd",
        "pa\\\"ss w/rd",
        "pa\\\\\\\"ss w/rd",
        "pa%22ss%20w%2Frd",
        "pa%22ss%20w%2frd",
        "pa%22ss+w%2Frd",
        "pa%22ss%20w/rd",
        "pa%2522ss%2520w%252Frd",
        "pa&quot;ss w/rd",
        "pa&#34;ss w/rd",
        "PA\"SS W/RD",
        "pa\"ss\n      w/rd",
        "cGEic3Mgdy9yZA==",
        "cGEic3Mgdy9yZA",
    ] {
        assert_eq!(secrets.mask(&format!("<{written}>")), "<(secret)>", "{written}");
    }
    assert_eq!(secrets.mask("pa\"ss w/rd and more"), "(secret)");
    assert_eq!(secrets.mask("nothing"), "nothing");
    assert_eq!(format!("{secrets:?}"), "(secret)");
}

#[test]
fn quotes_letters_beyond_ascii_and_line_breaks_have_their_own_spellings() {
    let secrets = secrets(&["it's <größer> & ßo"]);
    for written in [
        "it&#39;s &lt;größer&gt; &amp; ßo",
        "it&apos;s &lt;größer&gt; &amp; ßo",
        "it&#x27;s &lt;größer&gt; &amp; ßo",
        "it's \\u003cgr\\u00f6\\u00dfer\\u003e \\u0026 \\u00dfo",
        "IT'S <GRÖSSER> & SSO",
        "it's%20%3Cgr%C3%B6%C3%9Fer%3E%20%26%20%C3%9Fo",
        "it's <gr\\xc3\\xb6\\xc3\\x9fer> & \\xc3\\x9fo",
    ] {
        assert_eq!(secrets.mask(written), "(secret)", "{written}");
    }
}

#[test]
fn a_secret_of_many_lines_is_covered_whole_escaped_indented_and_line_by_line() {
    let secrets = secrets(&["-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA7\nq83vEjRWeJq83vEj\n-----END KEY-----\n"]);
    assert_masked(
        &secrets,
        &[
            (
                "key: |\n  -----BEGIN KEY-----\n  MIIEpAIBAAKCAQEA7\n  q83vEjRWeJq83vEj\n  -----END KEY-----\nx",
                "key: |\n  (secret)x",
            ),
            ("-----BEGIN KEY-----\\nMIIEpAIBAAKCAQEA7\\nq83vEjRWeJq83vEj\\n-----END KEY-----\\n.", "(secret)."),
            ("+ MIIEpAIBAAKCAQEA7\n- q83vEjRWeJq83vEj\n", "+ (secret)\n- (secret)\n"),
            ("… MIIEpAIBAAKCAQEA…", "… (secret)…"),
        ],
    );
}

#[test]
fn what_is_base64_around_a_secret_tells_it_too() {
    let secrets = secrets(&["hunter2-correct-horse"]);
    for before in ["", "a", "ab", "user:"] {
        let encoded = BASE64_STANDARD.encode(format!("{before}hunter2-correct-horse and more"));
        let masked = secrets.mask(&encoded).into_owned();
        assert!(masked.contains("(secret)") && masked.len() < encoded.len() - 15, "{before}: {masked}");
    }
}

#[test]
fn the_beginning_of_a_secret_is_covered_where_the_text_is_cut() {
    let secrets = secrets(&["hunter2-correct-horse", "pa\"ssword of many words"]);
    assert_masked(
        &secrets,
        &[
            ("Value 'hunter2-corr' is invalid", "Value '(secret)' is invalid"),
            ("Value 'hunter2-corr…' is invalid", "Value '(secret)…' is invalid"),
            ("Value hunt...", "Value (secret)..."),
            ("Value \\\"hunter2-\\\" is", "Value \\\"(secret)\\\" is"),
            ("<Value>hunter2-correct-</Value>", "<Value>(secret)</Value>"),
            ("ends with hunter2-co", "ends with (secret)"),
            ("https://app:hunter2-co\nnext", "https://app:(secret)\nnext"),
            ("x=pa&quot;sswo&quot; y", "x=(secret)&quot; y"),
            ("...rect-horse'", "...(secret)'"),
            ("HUNTER2-CORR…", "(secret)…"),
            ("b\"x hunter2-c\\xe2\\x80\\xa6\"", "b\"x (secret)\\xe2\\x80\\xa6\""),
        ],
    );
}

#[test]
fn the_word_that_a_secret_begins_with_stays_readable() {
    let secrets = secrets(&["postgres-in-2024!", "https://hooks.example/T000/B000/3f9a8c7e6d5b4a39"]);
    for text in [
        "the engine 'postgres' is not supported",
        "`postgres` is protected",
        "waiting for postgres",
        "the post is lost",
        "see https://docs.example/T000 and https://hooks.example/other",
    ] {
        assert_eq!(secrets.mask(text), text);
    }
    assert_masked(&secrets, &[("… /3f9a8c7e6d5b4a is", "… (secret) is")]);
}

#[test]
fn what_expressions_made_around_a_secret_is_looked_for_as_a_whole() {
    let secrets = secrets(&["hunter2-correct"]);
    secrets.add_made("postgres://app:hunter2-correct@db/shop");
    assert_masked(
        &secrets,
        &[
            ("'postgres://app:hunter2-correct@db/shop'", "'(secret)'"),
            ("'postgres://app:hunter2-co'", "'postgres://app:(secret)'"),
            ("'postgres://ap'", "'postgres://ap'"),
        ],
    );
}

#[test]
fn what_is_too_short_is_only_a_secret_as_a_whole() {
    let secrets = secrets(&["dev"]);
    assert!(secrets.has("dev"));
    assert_eq!(secrets.mask("shop-dev"), "shop-dev");
}

#[test]
fn a_text_tells_what_is_given_and_not_the_words_around_it() {
    let secrets = secrets(&["hunter2-correct"]);
    secrets.add_made("token");
    assert!(secrets.is_told_by("x-HUNTER2-CORRECT-y") && secrets.is_told_by("hunter2-corr"));
    assert!(!secrets.is_told_by("token"));
}

#[test]
fn a_big_log_takes_one_pass() {
    let secrets = Secrets::default();
    (0..200).for_each(|number| secrets.add(&format!("{number}-hunter2-correct-horse-battery-staple")));
    let text = "2-hunter2-correct-horse and so on, http://169.254.169.254/latest hunter2-correct\n".repeat(2_000);
    let started = std::time::Instant::now();
    assert!(!secrets.mask(&text).contains("(secret)"));
    assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
}

proptest! {
    #[test]
    fn no_form_of_a_secret_is_left(secret in "[ -~äß\n]{4,60}", before in "[a-z '<]{0,8}", after in "[a-z '>]{0,8}") {
        let secrets = secrets(&[&secret]);
        for form in forms(&secret).into_iter().filter(|form| form.len() >= 4) {
            let masked = secrets.mask(&format!("{before}{form}{after}")).into_owned();
            prop_assert!(!masked.replace(Secrets::MASK, "").contains(&form), "{form}: {masked}");
        }
    }

    #[test]
    fn no_beginning_of_a_secret_is_left_at_a_cut(secret in "[0-9][!-~]{7,40}", kept in 4_usize..40) {
        let secrets = secrets(&[&secret]);
        let beginning = &secret[..kept.min(secret.len())];
        for cut in ["…", "...", "'", "\n", ""] {
            let masked = secrets.mask(&format!("Value '{beginning}{cut}")).into_owned();
            prop_assert!(!masked.contains(beginning), "{masked}");
        }
    }

    #[test]
    fn what_has_nothing_of_a_secret_stays_as_it_is(text in "[a-z äß\"'…{}:,\n]{0,200}") {
        prop_assert_eq!(secrets(&["4711-GEHEIM-4711", "A1B2C3D4E5F6G7H8"]).mask(&text), text.as_str());
    }
}
