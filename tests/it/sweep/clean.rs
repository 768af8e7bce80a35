use std::collections::{BTreeMap, BTreeSet};

use super::finding::Finding;
use super::phase::Phase;
use super::picture::Picture;
use super::place::Place;
use super::shop::Shop;

/// What a life without a disturbance leaves after each phase, and how many calls each takes.
pub struct Clean {
    pub pictures: [Picture; 4],
    pub calls: [usize; 4],
    /// The kinds of calls in each phase that change something, `sqs:CreateQueue`.
    pub changes: [BTreeSet<String>; 4],
}

pub type CleanLives = BTreeMap<Place, Clean>;

/// One life with state in each place.
pub fn clean_lives() -> CleanLives {
    Place::ALL.into_iter().map(|place| (place, Clean::life(place))).collect()
}

impl Clean {
    /// # Panics
    /// Where even an undisturbed phase fails or leaves something undone.
    pub fn life(place: Place) -> Self {
        let shop = Shop::open(place);
        let mut clean = Self { pictures: Default::default(), calls: [0; 4], changes: Default::default() };
        for phase in Phase::ALL {
            shop.environment.proxy.reset();
            shop.run(phase).expect(0);
            let calls = shop.environment.proxy.calls();
            clean.calls[phase as usize] = calls.len();
            let changing = calls.iter().filter(|call| !call.reads());
            clean.changes[phase as usize] = changing.map(ToString::to_string).collect();
            let picture = shop.look(phase);
            let findings: String = picture.findings.iter().map(Finding::to_string).collect();
            assert!(findings.is_empty(), "{phase}: {findings}");
            clean.pictures[phase as usize] = picture;
        }
        clean
    }

    pub fn picture(&self, phase: Phase) -> &Picture {
        &self.pictures[phase as usize]
    }

    /// The calls of the phase that has most.
    pub fn most_calls(&self) -> usize {
        self.calls.into_iter().max().unwrap_or_default()
    }
}

#[test]
fn two_undisturbed_lives_look_the_same() {
    let (one, other) = (Clean::life(Place::Folder), Clean::life(Place::Folder));
    for phase in Phase::ALL {
        let findings = one.picture(phase).compare(other.picture(phase));
        assert!(findings.is_empty(), "{phase}: {}", findings.iter().map(|one| format!("{one}\n")).collect::<String>());
    }
    let objects = Phase::ALL.map(|phase| one.picture(phase).observer.len());
    assert!(objects[0] > objects[3] + 25, "{objects:?}");
}
