//! A run that sleeps past its lease, in the middle of an operation, while another one takes over.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use nix::sys::signal::Signal;

use super::case::Case;
use super::choice::Choice;
use super::clean::{Clean, clean_lives};
use super::figures::Figures;
use super::finding::{Finding, Trouble};
use super::phase::Phase;
use super::place::Place;
use super::shop::Shop;
use super::workers::work;
use crate::proxy::{Call, Hold, Proxy};

/// So short that the sweep does not wait long, so long that a run on a busy machine keeps it.
const LEASE: &str = "5s";

/// A process that is stopped in the middle of a write to a folder keeps that folder's lock until it goes on, and nobody takes
/// it from it.
const PLACE: Place = Place::Bucket;

/// Sleepers and their successors at a time: both have to renew their leases meanwhile.
const WORKERS: usize = 2;

/// No call for so long: what else could be done meanwhile is done, and what waits asks at longer intervals.
const QUIET: Duration = Duration::from_millis(300);

const SEED: u64 = 20_261_126;

/// One life in which each phase falls asleep at a call that AWS has done.
fn live(case: &Case, clean: &Clean) -> Figures {
    let (mut shop, mut figures) = (Shop::open(case.place), Figures::default());
    shop.environment.set("INFRA_LOCK_LEASE", LEASE);
    for phase in Phase::ALL {
        let Some((call, mut findings)) = sleep(&shop, phase, case.boundary(phase)) else { continue };
        figures.count(format!("asleep in {phase}, state in a {}", case.place));
        findings.extend(shop.look(phase).compare(clean.picture(phase)));
        figures.found(&format!("{case} {phase}: asleep at {call}"), &findings);
    }
    figures
}

/// The call at which the phase fell asleep, and what went wrong then; `None` if it never came so far.
fn sleep(shop: &Shop, phase: Phase, boundary: usize) -> Option<(Call, Vec<Finding>)> {
    let (environment, proxy) = (&shop.environment, &shop.environment.proxy);
    proxy.reset();
    let held = proxy.on("*").nth(boundary).hold(Hold::BeforeAnswering);
    let mut sleeper = environment.start(&phase.arguments());
    let call = loop {
        match held.reached_soon() {
            None if !sleeper.has_ended() => {}
            call => break call,
        }
    };
    let Some(call) = call else {
        drop(held);
        sleeper.wait();
        return None;
    };
    await_quiet(proxy);
    sleeper.signal(Signal::SIGSTOP);
    let asleep_since = Timestamp::now();
    let mut arguments = phase.arguments();
    arguments.extend(["--lock-timeout", "10m"]);
    let next = environment.run(&arguments);
    let before = proxy.calls().len();
    sleeper.signal(Signal::SIGCONT);
    held.release();
    let woken = sleeper.wait();
    let mut findings: Vec<Finding> =
        proxy.calls().split_off(before).iter().filter_map(|call| late(call, asleep_since)).collect();
    if next.code != Some(0) {
        findings.push(Finding::new(Trouble::Failed, format!("the run that took over: {next}")));
    }
    // One that fell asleep before it held the lock, or after it was done, has nothing to lose.
    if woken.code != Some(0) && !woken.stderr.contains("lock") {
        findings.push(Finding::new(Trouble::Failed, format!("the run that slept: {woken}")));
    }
    proxy.reset();
    Some((call, findings))
}

/// Waits until nothing but the held call is under way: what has left the sleeper's hands AWS may do at any time, and nobody can
/// call it back.
fn await_quiet(proxy: &Proxy) {
    let (mut seen, mut since) = (0, Instant::now());
    while since.elapsed() < QUIET {
        let calls = proxy.calls();
        let under_way = calls.iter().filter(|call| call.ended.is_none()).count();
        if calls.len() != seen || under_way > 1 {
            (seen, since) = (calls.len(), Instant::now());
        }
        std::thread::sleep(QUIET / 20);
    }
}

/// A call that changed something and should not have been made any more. What the run did is in the history all the same, and
/// what it had signed before it fell asleep was on its way.
fn late(call: &Call, asleep_since: Timestamp) -> Option<Finding> {
    let is_refused = call.status == Some(412);
    let is_record = call.parameter("Key").contains("/history/");
    let was_under_way = call.signed <= asleep_since.strftime("%Y%m%dT%H%M%SZ").to_string();
    let changes = !call.reads() && !is_refused && !is_record && !was_under_way;
    changes.then(|| Finding::new(Trouble::Orphan, format!("made after the lease was lost: {call}")))
}

fn cases(step: usize, clean: &super::clean::CleanLives) -> Vec<Case> {
    let moment = Hold::BeforeAnswering;
    let calls = (1..=clean[&PLACE].most_calls()).step_by(step);
    calls.map(|call| Case { place: PLACE, moment, boundaries: [call; 4] }).collect()
}

/// At one call of each phase.
#[test]
fn a_run_that_slept_past_its_lease_changes_nothing_more() {
    let (clean, choice) = (clean_lives(), Choice(SEED));
    let calls = clean[&PLACE].calls;
    let boundary =
        |phase: Phase| calls[phase as usize] / 3 + choice.below(calls[phase as usize] / 2, &format!("{PLACE} {phase}"));
    let case = Case { place: PLACE, moment: Hold::BeforeAnswering, boundaries: Phase::ALL.map(boundary) };
    work(vec![case], WORKERS, |case| live(case, &clean[&case.place])).expect_nothing_wrong();
}

/// `INFRA_SWEEP` says at every how many calls, every eighth where it is not set, or names a case.
#[test]
#[ignore = "takes long; `make sweep` runs it"]
fn a_run_may_sleep_past_its_lease_at_every_call() {
    let clean = clean_lives();
    let wish = std::env::var("INFRA_SWEEP").unwrap_or_else(|_| "8".to_owned());
    let cases = match wish.parse() {
        Ok(step) => cases(step, &clean),
        Err(_) => vec![wish.parse().expect("INFRA_SWEEP is a case or a number")],
    };
    let figures = work(cases, WORKERS, |case| live(case, &clean[&case.place]));
    eprintln!("{figures}");
    figures.expect_nothing_wrong();
}
