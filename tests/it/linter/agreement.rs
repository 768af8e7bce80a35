use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use infra::resources::Registry;

use super::case::{self, Case};
use super::difference::{Difference, Refusal};
use super::finding::Finding;
use super::template::template;
use super::tools::{cfn_lint, infra};

/// What the two say of one case.
struct Verdict {
    infra: Vec<Finding>,
    cfn_lint: Vec<Finding>,
}

#[test]
fn infra_and_cfn_lint_accept_and_refuse_the_same() {
    let cases = case::all();
    let verdicts = verdicts(&cases);
    let rows = Difference::all();
    let mut wrong = String::new();
    for (case, verdict) in cases.iter().zip(&verdicts) {
        let row = rows.iter().find(|row| row.case == case.name);
        if let Some(complaint) = complaint(case, verdict, row) {
            writeln!(wrong, "{}: {complaint}{}", case.name, verdict.told()).expect("a text");
        }
    }
    for row in rows.iter().filter(|row| !cases.iter().any(|case| case.name == row.case)) {
        writeln!(wrong, "differences.yaml has a row for `{}`, which is no case", row.case).expect("a text");
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_registered_type_is_in_a_right_case() {
    let cases = case::all();
    let right = cases.iter().filter(|case| case.mistake.is_none());
    let resources = right.flat_map(|case| case.resources.as_object().expect("resources").values());
    let types: BTreeSet<&str> = resources.filter_map(|options| options["type"].as_str()).collect();
    let registry = Registry::standard();
    let drivers = registry.iter().filter(|driver| !driver.is_local()).map(|driver| driver.type_name());
    let without: Vec<_> = drivers.filter(|name| !types.contains(name)).collect();
    assert!(without.is_empty(), "no case in tests/linter has {without:?}");
}

#[test]
fn cases_have_names_of_their_own_and_rows_have_reasons() {
    let (cases, rows) = (case::all(), Difference::all());
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len());
    let excused: BTreeSet<&str> = rows.iter().map(|row| row.case.as_str()).collect();
    assert_eq!(excused.len(), rows.len());
    assert!(rows.iter().all(|row| !row.reason.is_empty()));
}

/// Both at once: cfn-lint goes through all templates in one process, which takes as long as all runs of `infra`.
fn verdicts(cases: &[Case]) -> Vec<Verdict> {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let names: Vec<String> = (0..cases.len()).map(|index| format!("case-{index}")).collect();
    names.iter().zip(cases).for_each(|(name, case)| write(folder, name, case));
    let (mut linted, ours): (HashMap<String, Vec<Finding>>, Vec<Vec<Finding>>) = std::thread::scope(|scope| {
        let linted = scope.spawn(|| cfn_lint(folder, &names));
        let ours = names.iter().zip(cases).map(|(name, case)| infra(folder, name, &case.resources)).collect();
        (linted.join().expect("cfn-lint's findings"), ours)
    });
    let verdict = |(infra, name)| Verdict { infra, cfn_lint: linted.remove(name).unwrap_or_default() };
    ours.into_iter().zip(&names).map(verdict).collect()
}

fn write(folder: &Path, name: &str, case: &Case) {
    let text = serde_json::to_string_pretty(&template(&case.resources)).expect("JSON");
    fs::write(folder.join(format!("{name}.json")), text).expect("a template");
}

/// What is wrong with a case, its row, or what was said of it.
fn complaint(case: &Case, verdict: &Verdict, row: Option<&Difference>) -> Option<String> {
    let refusal = match (verdict.infra.is_empty(), verdict.cfn_lint.is_empty()) {
        (true, true) => None,
        (false, true) => Some(Refusal::Infra),
        (true, false) => Some(Refusal::CfnLint),
        (false, false) => Some(Refusal::Both),
    };
    match (&case.mistake, refusal, row) {
        (None, Some(Refusal::Both), _) => Some("it is meant to be right, and both refuse it".to_owned()),
        (Some(_), None, _) => Some("it is meant to be wrong, and nobody refuses it".to_owned()),
        (Some(place), _, _) if !verdict.is_there(place) => Some(format!("nobody refuses it at {place}")),
        (mistake, _, None) if !verdict.agrees(mistake.as_deref()) => Some("a difference without a row".to_owned()),
        (mistake, _, Some(_)) if verdict.agrees(mistake.as_deref()) => {
            Some("differences.yaml has a row for it, and there is none".to_owned())
        }
        (_, Some(refusal), Some(row)) if refusal != row.refused_by => {
            Some(format!("it is refused by {refusal} and not by {}, as its row says", row.refused_by))
        }
        _ => None,
    }
}

impl Verdict {
    fn agrees(&self, mistake: Option<&str>) -> bool {
        match mistake {
            None => self.infra.is_empty() && self.cfn_lint.is_empty(),
            Some(place) => [&self.infra, &self.cfn_lint].into_iter().all(|found| is_at(found, place)),
        }
    }

    /// True if one of the two refuses what is at this place.
    fn is_there(&self, place: &str) -> bool {
        [&self.infra, &self.cfn_lint].into_iter().any(|found| is_at(found, place))
    }

    fn told(&self) -> String {
        let told = |who: &str, found: &[Finding]| -> String {
            found.iter().map(|finding| format!("\n  {who:8} {finding}")).collect()
        };
        told("infra", &self.infra) + &told("cfn-lint", &self.cfn_lint)
    }
}

fn is_at(found: &[Finding], place: &str) -> bool {
    found.iter().any(|finding| finding.place == place)
}
