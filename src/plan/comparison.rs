use super::disclosure::Disclosure;
use super::{Diff, Difference, differences};
use crate::resources::{Driver, Live, Properties};
use crate::stack::Resource;
use crate::state::FingerprintKey;
use crate::value::Value;

/// What it takes to compare an object with its resource.
pub struct Comparison<'a> {
    pub driver: &'a dyn Driver,
    pub resource: &'a Resource,
    pub key: &'a FingerprintKey,
    pub disclosure: Disclosure<'a>,
}

impl Comparison<'_> {
    /// What differs between an object and what it is to be, in the driver's spelling and without what the file ignores.
    /// `before` are the properties as they were written last.
    pub fn differences(&self, before: &Properties, live: &Live, desired: &Value) -> Vec<Difference> {
        let mut properties = live.properties.clone();
        self.driver.canonicalize(&mut properties);
        if let Value::Map(entries) = desired {
            let known = entries.iter().filter_map(|(name, value)| Some((name.clone(), value.to_json()?))).collect();
            self.driver.align(&known, &mut properties);
        }
        let diff = Diff { disclosure: self.disclosure, before, live: &properties, key: self.key };
        let mut found = differences(&diff, desired);
        found.retain(|difference| !self.resource.ignores(&difference.path));
        found
    }
}
