//! A kill at every API call, those of the state store included: before AWS hears of it, and after AWS has done it.

use super::case::{Case, moment_text};
use super::choice::Choice;
use super::clean::{Clean, clean_lives};
use super::figures::Figures;
use super::finding::{Finding, Trouble};
use super::phase::Phase;
use super::place::Place;
use super::shop::Shop;
use super::workers::{WORKERS, work};
use crate::proxy::Hold;

const MOMENTS: [Hold; 2] = [Hold::BeforeSending, Hold::BeforeAnswering];

/// Which calls `make test` kills at.
const SEED: u64 = 20_260_301;

/// One life with a kill in each phase.
fn live(case: &Case, clean: &Clean) -> Figures {
    let (shop, mut figures) = (Shop::open(case.place), Figures::default());
    for phase in Phase::ALL {
        let boundary = case.boundary(phase);
        let (place, moment) = (case.place, moment_text(case.moment));
        let name = match shop.kill(phase, case.moment, boundary) {
            Ok(call) => format!("{case} {phase}: killed {moment} call {boundary}, {call}"),
            // The order of calls is not the same in every run, and so is not quite how many there are.
            Err(output) if output.code == Some(0) => continue,
            Err(output) => {
                figures.found(&case.to_string(), &[Finding::new(Trouble::Failed, format!("{phase}: {output}"))]);
                continue;
            }
        };
        figures.count(format!("killed in {phase}, {moment} a call, state in a {place}"));
        let again = shop.run(phase);
        let mut findings = shop.look(phase).compare(clean.picture(phase));
        if again.code != Some(0) {
            findings.push(Finding::new(Trouble::Failed, format!("the run after it: {again}")));
        }
        figures.found(&name, &findings);
    }
    figures
}

fn sweep(cases: Vec<Case>) -> Figures {
    let clean = clean_lives();
    let figures = work(cases, WORKERS, |case| live(case, &clean[&case.place]));
    eprintln!("{figures}");
    figures
}

/// A few calls of each phase, at both moments, with state in both places.
#[test]
fn a_run_that_was_killed_is_finished_by_the_next() {
    let (clean, choice) = (clean_lives(), Choice(SEED));
    let mut cases = Vec::new();
    for (place, moment) in Place::ALL.into_iter().flat_map(|place| MOMENTS.map(|moment| (place, moment))) {
        let calls = clean[&place].calls;
        let boundary = |phase: Phase| {
            let what = format!("{place} {} {phase}", moment_text(moment));
            1 + choice.below(calls[phase as usize], &what)
        };
        cases.push(Case { place, moment, boundaries: Phase::ALL.map(boundary) });
    }
    work(cases, WORKERS, |case| live(case, &clean[&case.place])).expect_nothing_wrong();
}

/// Every call of every phase. `INFRA_SWEEP=folder:before:17` is one case alone, `INFRA_SWEEP=10` every tenth call.
#[test]
#[ignore = "takes an hour or more; `make sweep` runs it"]
fn a_run_may_be_killed_at_every_call() {
    let wish = std::env::var("INFRA_SWEEP").unwrap_or_else(|_| "1".to_owned());
    if wish.contains(':') {
        let cases = wish.split(',').map(|case| case.parse().expect("a case")).collect();
        return sweep(cases).expect_nothing_wrong();
    }
    let step: usize = wish.parse().expect("INFRA_SWEEP is a case or a number");
    let clean = clean_lives();
    let cases = |(place, moment)| {
        let calls = (1..=clean[&place].most_calls()).step_by(step);
        calls.map(move |call| Case { place, moment, boundaries: [call; 4] })
    };
    let kinds = Place::ALL.into_iter().flat_map(|place| MOMENTS.map(|moment| (place, moment)));
    sweep(kinds.flat_map(cases).collect()).expect_nothing_wrong();
}
