//! What may happen between a kill and the next run: the resources are renamed, or AWS does not show yet what was made.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use infra::resources::SHOWN_WITHIN;
use regex::Regex;

use super::case::{Case, moment_text};
use super::choice::Choice;
use super::clean::{Clean, clean_lives};
use super::figures::Figures;
use super::finding::{Finding, Trouble};
use super::phase::Phase;
use super::picture::Picture;
use super::place::Place;
use super::shop::Shop;
use super::workers::{WORKERS, work};
use crate::proxy::Hold;

/// The answers of EC2 in which objects without names of their own show.
const SETS: [(&str, &str); 5] = [
    ("ec2:DescribeVpcs", "vpcSet"),
    ("ec2:DescribeSubnets", "subnetSet"),
    ("ec2:DescribeInternetGateways", "internetGatewaySet"),
    ("ec2:DescribeRouteTables", "routeTableSet"),
    ("ec2:DescribeSecurityGroups", "securityGroupInfo"),
];

/// How many questions they do not show to.
const INVISIBLE: usize = 2;

/// How much earlier than infra stops to wait for them they show.
const MARGIN: Duration = Duration::from_secs(10);

const SEED: u64 = 20_261_126;
/// How many calls of each place and moment `make test` kills at.
const SAMPLE: usize = 2;

const MOMENTS: [Hold; 2] = [Hold::BeforeSending, Hold::BeforeAnswering];

/// Kills the first apply, renames every resource, and lets the next run go on.
fn renamed(case: &Case, clean: &Clean) -> Figures {
    after_kill(case, "renamed", clean, |shop| {
        let path = shop.environment.folder().join("stacks/dev.yaml");
        let text = std::fs::read_to_string(path).expect("the stack");
        shop.environment.write("stacks/dev.yaml", &with_other_names(&text));
    })
}

/// Kills the first apply, and hides for a while what it has made, for no longer than AWS would: on a slow machine the first
/// objects are old by then.
fn invisible(case: &Case, clean: &Clean) -> Figures {
    let shown = Instant::now() + SHOWN_WITHIN - MARGIN;
    after_kill(case, "invisible for a while", clean, |shop| {
        SETS.iter().for_each(|(call, set)| shop.environment.proxy.on(call).times(INVISIBLE).until(shown).hide(set));
    })
}

fn after_kill(case: &Case, what: &str, clean: &Clean, between: impl Fn(&Shop)) -> Figures {
    let (shop, mut figures) = (Shop::open(case.place), Figures::default());
    let Ok(call) = shop.kill(Phase::Apply, case.moment, case.boundary(Phase::Apply)) else { return figures };
    let name = format!("{case}, {what}: killed {} {call}", moment_text(case.moment));
    figures.count(format!("killed {} a call, and then {what}", moment_text(case.moment)));
    between(&shop);
    for phase in [Phase::Apply, Phase::Destroy] {
        let again = shop.run(phase);
        shop.environment.proxy.reset();
        let picture = shop.look(phase);
        // Objects keep the names that they were made under, so only their kinds can be compared.
        let mut findings = picture.findings.clone();
        findings.extend(kinds(&picture, clean.picture(phase)));
        if again.code != Some(0) {
            findings.push(Finding::new(Trouble::Failed, format!("{phase}: {again}")));
        }
        figures.found(&name, &findings);
    }
    figures
}

fn kinds(picture: &Picture, expected: &Picture) -> Vec<Finding> {
    let of = |picture: &Picture| -> BTreeMap<String, usize> {
        picture.drivers.kinds().into_iter().chain(picture.observer.kinds()).collect()
    };
    let (found, expected) = (of(picture), of(expected));
    let count = |kinds: &BTreeMap<String, usize>, kind: &str| kinds.get(kind).copied().unwrap_or_default();
    let different = |kind: &&String| count(&found, kind) != count(&expected, kind);
    let all: std::collections::BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
    let tell = |kind: &String| {
        let (found, expected) = (count(&found, kind), count(&expected, kind));
        let trouble = if found > expected { Trouble::Double } else { Trouble::Lost };
        Finding::new(trouble, format!("{found} of {kind} where there should be {expected}"))
    };
    all.into_iter().filter(different).map(tell).collect()
}

/// Every resource under another name that says where it comes from.
fn with_other_names(text: &str) -> String {
    let declaration = Regex::new(r"(?m)^  (\w+):\n    type:").expect("a pattern");
    let names: Vec<String> = declaration.captures_iter(text).map(|found| found[1].to_owned()).collect();
    let moved = declaration.replace_all(text, "  ${1}_x:\n    moved_from: $1\n    type:").into_owned();
    names.iter().fold(moved, |text, name| {
        let reference = Regex::new(&format!(r"(\$\{{[^}}]*?\b){name}\.")).expect("a pattern");
        let text = reference.replace_all(&text, format!("${{1}}{name}_x."));
        let listed = Regex::new(&format!(r"(depends_on: \[[^\]]*\b){name}\b")).expect("a pattern");
        listed.replace_all(&text, format!("${{1}}{name}_x")).into_owned()
    })
}

#[test]
fn names_are_replaced_where_they_are_declared_and_where_they_are_used() {
    let text = "resources:\n  vpc:\n    type: A\n  gateway:\n    type: B\n    depends_on: [vpc, other]\n    \
                properties: { Id: \"${vpc.VpcId}\", Name: vpc }\n";
    let renamed = with_other_names(text);
    for part in ["  vpc_x:\n    moved_from: vpc\n", "${vpc_x.VpcId}", "[vpc_x, other]", "Name: vpc }"] {
        assert!(renamed.contains(part), "{renamed}");
    }
}

fn sample() -> Vec<Case> {
    let choice = Choice(SEED);
    let kinds = Place::ALL.into_iter().flat_map(|place| MOMENTS.map(|moment| (place, moment)));
    let cases = kinds.flat_map(|(place, moment)| {
        (0..SAMPLE).map(move |number| {
            // Early, so that what was made is young still when the next run looks.
            let boundary = 20 + choice.below(40, &format!("{place} {} {number}", moment_text(moment)));
            Case { place, moment, boundaries: [boundary; 4] }
        })
    });
    cases.collect()
}

/// At every how many calls of the first apply, where `INFRA_SWEEP` does not say; the kills alone are swept at every call.
const STEP: usize = 4;

/// Every `INFRA_SWEEP`-th call of the first apply.
fn all(clean: &super::clean::CleanLives) -> Vec<Case> {
    let step = std::env::var("INFRA_SWEEP").ok().and_then(|wish| wish.parse().ok()).unwrap_or(STEP);
    let kinds = Place::ALL.into_iter().flat_map(|place| MOMENTS.map(|moment| (place, moment)));
    let cases = kinds.flat_map(|(place, moment)| {
        let calls = (1..=clean[&place].calls[0]).step_by(step);
        calls.map(move |call| Case { place, moment, boundaries: [call; 4] })
    });
    cases.collect()
}

#[test]
fn what_a_killed_run_made_is_found_whatever_its_resource_is_called_by_then() {
    let clean = clean_lives();
    work(sample(), WORKERS, |case| renamed(case, &clean[&case.place])).expect_nothing_wrong();
}

#[test]
fn what_a_killed_run_made_is_found_although_it_does_not_show_at_first() {
    let clean = clean_lives();
    work(sample(), WORKERS, |case| invisible(case, &clean[&case.place])).expect_nothing_wrong();
}

#[test]
#[ignore = "takes long; `make sweep` runs it"]
fn a_run_may_be_killed_and_its_resources_renamed_or_invisible_at_every_call() {
    let clean = clean_lives();
    for run in [renamed, invisible] {
        let figures = work(all(&clean), WORKERS, |case| run(case, &clean[&case.place]));
        eprintln!("{figures}");
        figures.expect_nothing_wrong();
    }
}
