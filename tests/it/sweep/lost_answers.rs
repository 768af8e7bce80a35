//! Every kind of call that changes something loses its answer once: the run asks again, or looks for what it made.

use std::collections::BTreeSet;

use super::clean::clean_lives;
use super::figures::Figures;
use super::finding::{Finding, Trouble};
use super::phase::Phase;
use super::place::Place;
use super::shop::Shop;
use super::workers::{WORKERS, work};
use crate::proxy::Hold;

#[test]
fn a_run_survives_the_loss_of_an_answer_to_every_kind_of_call() {
    let clean = clean_lives();
    let figures = work(Place::ALL.to_vec(), WORKERS, |place| {
        let (clean, shop, mut figures) = (&clean[place], Shop::open(*place), Figures::default());
        for phase in Phase::ALL {
            let changes = &clean.changes[phase as usize];
            for call in changes {
                shop.environment.proxy.on(call).nth(1).drop_connection(Hold::BeforeAnswering);
            }
            let run = shop.run(phase);
            let calls = shop.environment.proxy.calls();
            let lost: BTreeSet<_> =
                calls.iter().filter(|call| call.status.is_none()).map(ToString::to_string).collect();
            if &lost != changes {
                let missed: Vec<_> = changes.difference(&lost).collect();
                let text = format!("{phase}: these answers were not lost: {missed:?}");
                figures.found(&format!("{place} {phase}"), &[Finding::new(Trouble::Failed, text)]);
            }
            shop.environment.proxy.reset();
            let mut findings = shop.look(phase).compare(clean.picture(phase));
            if run.code != Some(0) {
                findings.push(Finding::new(Trouble::Failed, run.to_string()));
            }
            figures.found(&format!("{place} {phase}"), &findings);
        }
        figures
    });
    figures.expect_nothing_wrong();
}
