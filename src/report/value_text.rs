use crate::plan::Shown;

/// How much of a long value a line shows, in characters.
const LONGEST: usize = 60;
/// How much of what both sides share stands before the first difference.
const LEAD: usize = 12;

/// Both sides of a change, each on one line. Of long values both sides show the place where they begin to differ; `full`
/// shortens nothing.
pub fn sides(before: &Shown, after: &Shown, full: bool) -> (String, String) {
    let (one, other) = (before.to_string(), after.to_string());
    let (Shown::Known(_), Shown::Known(_), false) = (before, after, full) else {
        return (completed(before, one, full), completed(after, other, full));
    };
    let place = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let parts = (around(&one, place), around(&other, place));
    // Texts that repeat themselves may look alike in part.
    if parts.0 == parts.1 { (one, other) } else { parts }
}

/// A value on one line.
pub fn shown(shown: &Shown, full: bool) -> String {
    completed(shown, shown.to_string(), full)
}

fn completed(shown: &Shown, text: String, full: bool) -> String {
    let text = if full { text } else { shortened(&text) };
    if shown.is_open() { format!("{text} (known after apply)") } else { text }
}

/// The end of a long text says more than its middle: digests, ARNs, paths.
fn shortened(text: &str) -> String {
    let length = text.chars().count();
    if length <= LONGEST {
        return text.to_owned();
    }
    let head: String = text.chars().take(LONGEST / 2).collect();
    let tail: String = text.chars().skip(length - (LONGEST / 2 - 1)).collect();
    format!("{head}…{tail}")
}

/// The part of a long text that has the character `place`, or the end of a text that ends before it.
fn around(text: &str, place: usize) -> String {
    let length = text.chars().count();
    if length <= LONGEST {
        return text.to_owned();
    }
    if place < LONGEST / 2 {
        return shortened(text);
    }
    // Two characters go to the marks of what is left out.
    let (start, last) = (place - LEAD, length + 1 - LONGEST);
    if start >= last {
        return format!("…{}", text.chars().skip(last).collect::<String>());
    }
    let part: String = text.chars().skip(start).take(LONGEST - 2).collect();
    format!("…{part}…")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn change(before: &str, after: &str, full: bool) -> String {
        let (before, after) = sides(&Shown::Known(before.into()), &Shown::Known(after.into()), full);
        format!("{before} → {after}")
    }

    #[test]
    fn a_long_value_keeps_both_ends() {
        let text = "a".repeat(50) + &"b".repeat(50);
        let short = shown(&Shown::Known(text.into()), false);
        assert_eq!(short.chars().count(), LONGEST);
        assert!(short.starts_with("aaa") && short.ends_with("bbb"));
        assert_eq!(shown(&Shown::Known("short".into()), false), "short");
    }

    #[test]
    fn a_change_in_the_middle_of_a_long_value_is_seen_on_both_sides() {
        let long =
            |middle: &str| format!("{}{middle}{}", "https://sqs.us-west-2.amazonaws.com/".repeat(2), "/z".repeat(40));
        assert_snapshot!(change(&long("blue"), &long("green"), false), @"…azonaws.com/blue/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z… → …azonaws.com/green/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/…");
        assert_snapshot!(change(&long("a"), &long("b").replace("/z/z", ""), false), @"…azonaws.com/a/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/z/… → …-west-2.amazonaws.com/https://sqs.us-west-2.amazonaws.com/b");
        assert_eq!(change(&long("a"), &long("b"), true), format!("{} → {}", long("a"), long("b")));
    }

    #[test]
    fn both_sides_differ_wherever_the_change_is() {
        let before: String = ('a'..='z').cycle().take(200).collect();
        for place in 0..=200 {
            for after in [format!("{}#{}", &before[..place], &before[place..]), before[..place].to_owned()] {
                let (one, other) =
                    sides(&Shown::Known(before.clone().into()), &Shown::Known(after.clone().into()), false);
                assert!(one != other || before == after, "{place}: {one}");
            }
        }
    }
}
