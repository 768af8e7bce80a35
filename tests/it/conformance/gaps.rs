use std::cell::Cell;

use infra::plan::Difference;
use infra::schema::{PathSegment, PropertyPath};
use serde::{Deserialize, Deserializer};

/// Something that the emulator cannot do, and the reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// Dotted paths, list positions left out; one may stand alone.
    #[serde(default, deserialize_with = "one_or_many")]
    property: Vec<String>,
    step: Option<Step>,
    why: String,
    #[serde(skip)]
    seen: Cell<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Step {
    Create,
    Update,
    Tags,
    Drift,
    Replace,
    Find,
    List,
    Resolve,
    Missing,
    ReadAll,
    Delete,
}

/// The gaps of one fixture.
pub struct Gaps(Vec<Gap>);

impl Gaps {
    pub fn new(gaps: Vec<Gap>) -> Self {
        Self(gaps)
    }

    /// True if the emulator cannot do this step at all.
    pub fn at(&self, step: Step) -> bool {
        self.0.iter().any(|gap| gap.step == Some(step) && gap.property.is_empty())
    }

    /// True if the emulator cannot update this property.
    pub fn updating(&self, property: &str) -> bool {
        self.0.iter().any(|gap| gap.is_about(Step::Update, property))
    }

    /// True if the difference is the emulator's fault.
    pub fn excuse(&self, difference: &Difference) -> bool {
        let excuse = self.0.iter().find(|gap| gap.step.is_none() && gap.covers(&difference.path));
        excuse.inspect(|gap| gap.seen.set(true)).is_some()
    }

    /// Rows that hid nothing: the emulator has learned it.
    pub fn closed(&self) -> impl Iterator<Item = String> {
        let closed = self.0.iter().filter(|gap| gap.step.is_none() && !gap.seen.get());
        closed.map(|gap| format!("gap {}: nothing differs there any more ({})", gap.property.join(", "), gap.why))
    }
}

impl Gap {
    /// True if the emulator cannot do this step with this property.
    pub fn is_about(&self, step: Step, property: &str) -> bool {
        self.step == Some(step) && self.property.iter().any(|listed| listed == property)
    }

    fn covers(&self, path: &PropertyPath) -> bool {
        let keys = path.segments().iter().filter_map(|segment| match segment {
            PathSegment::Key(name) => Some(name.as_str()),
            _ => None,
        });
        let keys: Vec<_> = keys.collect();
        self.property.iter().any(|property| {
            let named: Vec<_> = property.split('.').collect();
            keys.starts_with(&named)
        })
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Names {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Names::deserialize(deserializer)? {
        Names::One(name) => vec![name],
        Names::Many(names) => names,
    })
}
