use std::fmt;
use std::str::FromStr;

use super::place::Place;

/// One life of the shop with faults in each phase, all of which follow from the seed. Written `bucket:7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    pub place: Place,
    pub seed: u64,
}

impl fmt::Display for Schedule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.place, self.seed)
    }
}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (place, seed) = text.split_once(':').ok_or_else(|| format!("`{text}` is not PLACE:SEED"))?;
        Ok(Self { place: place.parse()?, seed: seed.parse().map_err(|error| format!("{text}: {error}"))? })
    }
}

#[test]
fn a_schedule_is_written_as_it_is_read() {
    assert_eq!("bucket:7".parse::<Schedule>().expect("a schedule").to_string(), "bucket:7");
    assert!("bucket".parse::<Schedule>().is_err());
}
