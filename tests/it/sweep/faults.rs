//! Calls that go wrong in the middle of a run: the run may fail, and the next one mends everything.

use super::choice::Choice;
use super::clean::{CleanLives, clean_lives};
use super::fault::{CALL_TIMEOUT, Strike};
use super::figures::Figures;
use super::finding::{Finding, Trouble};
use super::phase::Phase;
use super::place::Place;
use super::schedule::Schedule;
use super::shop::Shop;
use super::workers::{WORKERS, work};

/// How many schedules `make test` and `make sweep` go through, in each place.
const FEW: u64 = 2;
const MANY: u64 = 60;

/// At most so many faults strike one run.
const STRIKES: usize = 4;

fn live(schedule: &Schedule, clean: &CleanLives) -> Figures {
    let (Schedule { place, seed }, mut figures) = (*schedule, Figures::default());
    let (clean, choice, shop) = (&clean[&place], Choice(seed), Shop::open(place));
    for phase in Phase::ALL {
        let strike = |number| {
            let what = format!("{place} {phase} {number}");
            Strike::chosen(choice, &what, clean.calls[phase as usize], place)
        };
        let strikes: Vec<_> = (0..1 + choice.below(STRIKES, &format!("{phase}"))).map(strike).collect();
        for strike in &strikes {
            figures.count(format!("{:?}, state in a {place}", strike.fault()));
        }
        let struck = shop.run_under(phase, &strikes, CALL_TIMEOUT);
        let again = shop.run(phase);
        let mut findings = shop.look(phase).compare(clean.picture(phase));
        for (run, output, allowed) in
            [("the struck run", &struck, [0, 1].as_slice()), ("the run after it", &again, &[0])]
        {
            if !output.code.is_some_and(|code| allowed.contains(&code)) {
                findings.push(Finding::new(Trouble::Failed, format!("{run}: {output}")));
            }
        }
        let told: Vec<_> = strikes.iter().map(ToString::to_string).collect();
        figures.found(&format!("{schedule} {phase}: {}", told.join(", ")), &findings);
    }
    figures
}

fn schedules(seeds: impl Iterator<Item = u64> + Clone) -> Vec<Schedule> {
    let of = |place| seeds.clone().map(move |seed| Schedule { place, seed });
    Place::ALL.into_iter().flat_map(of).collect()
}

#[test]
fn a_run_whose_calls_went_wrong_is_finished_by_the_next() {
    let clean = clean_lives();
    work(schedules(1..=FEW), WORKERS, |schedule| live(schedule, &clean)).expect_nothing_wrong();
}

/// Many schedules. `INFRA_FAULTS=bucket:7` is one alone, `INFRA_FAULTS=500` as many as that.
#[test]
#[ignore = "takes long; `make sweep` runs it"]
fn calls_may_go_wrong_in_many_ways() {
    let wish = std::env::var("INFRA_FAULTS").unwrap_or_else(|_| MANY.to_string());
    let chosen = match wish.parse::<u64>() {
        Ok(many) => schedules(1..=many),
        Err(_) => wish.split(',').map(|schedule| schedule.parse().expect("a schedule")).collect(),
    };
    let clean = clean_lives();
    let figures = work(chosen, WORKERS, |schedule| live(schedule, &clean));
    eprintln!("{figures}");
    figures.expect_nothing_wrong();
}
