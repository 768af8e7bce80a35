use std::fmt;
use std::str::FromStr;

use super::phase::Phase;
use super::place::Place;
use crate::proxy::Hold;

/// One life of the shop with a kill in each phase. Written `folder:before:17` for the 17th call of every phase, or
/// `bucket:after:3.40.12.9` for another call in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    pub place: Place,
    pub moment: Hold,
    /// The call at which each phase is killed, from 1; a phase that has fewer calls runs to its end.
    pub boundaries: [usize; 4],
}

impl Case {
    pub fn boundary(&self, phase: Phase) -> usize {
        self.boundaries[phase as usize]
    }
}

impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:", self.place, moment_text(self.moment))?;
        match self.boundaries {
            [one, other, third, fourth] if one == other && one == third && one == fourth => write!(formatter, "{one}"),
            [one, other, third, fourth] => write!(formatter, "{one}.{other}.{third}.{fourth}"),
        }
    }
}

impl FromStr for Case {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(':');
        let mut part = || parts.next().ok_or_else(|| format!("`{text}` is not PLACE:MOMENT:CALL"));
        let place = part()?.parse()?;
        let moment = match part()? {
            "before" => Hold::BeforeSending,
            "after" => Hold::BeforeAnswering,
            other => return Err(format!("`{other}` is neither before nor after")),
        };
        let numbers: Result<Vec<usize>, _> = part()?.split('.').map(str::parse).collect();
        let boundaries = match numbers.map_err(|error| format!("{text}: {error}"))?.as_slice() {
            [all] => [*all; 4],
            [one, other, third, fourth] => [*one, *other, *third, *fourth],
            _ => return Err(format!("{text}: one call, or one for each of four phases")),
        };
        Ok(Self { place, moment, boundaries })
    }
}

pub fn moment_text(moment: Hold) -> &'static str {
    match moment {
        Hold::BeforeSending => "before",
        Hold::BeforeAnswering => "after",
    }
}

#[test]
fn a_case_is_written_as_it_is_read() {
    for text in ["folder:before:17", "bucket:after:3.40.12.9"] {
        assert_eq!(text.parse::<Case>().expect("a case").to_string(), text);
    }
    assert!("folder:17".parse::<Case>().is_err());
}
