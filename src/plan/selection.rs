use std::collections::BTreeSet;

use super::{PlanError, PlanOptions};
use crate::address::Address;

/// Which resources a command is about.
pub struct Selection<'a> {
    /// All there are, of file and state.
    pub addresses: &'a [Address],
    pub dependencies: &'a dyn Fn(&Address) -> Vec<Address>,
    pub dependents: &'a dyn Fn(&Address) -> Vec<Address>,
}

impl Selection<'_> {
    /// Targets with all they depend on, without the excluded and all that depends on them.
    ///
    /// # Errors
    /// `PlanError::NoSuchResource` for a name that nothing has.
    pub fn included(&self, options: &PlanOptions) -> Result<BTreeSet<Address>, PlanError> {
        self.named(&options.allow_destroy)?;
        self.named(&options.take_over)?;
        let mut included = if options.target.is_empty() {
            self.addresses.iter().cloned().collect()
        } else {
            closure(self.named(&options.target)?, self.dependencies)
        };
        for excluded in closure(self.named(&options.exclude)?, self.dependents) {
            included.remove(&excluded);
        }
        Ok(included)
    }

    /// Those that `--target` names itself.
    ///
    /// # Errors
    /// As `included`.
    pub fn targets(&self, options: &PlanOptions) -> Result<BTreeSet<Address>, PlanError> {
        Ok(self.named(&options.target)?.into_iter().collect())
    }

    fn named(&self, names: &[String]) -> Result<Vec<Address>, PlanError> {
        let mut found = Vec::new();
        for name in names {
            let matching = |address: &&Address| address.as_str() == name || address.name() == name;
            let before = found.len();
            found.extend(self.addresses.iter().filter(matching).cloned());
            if found.len() == before {
                return Err(PlanError::NoSuchResource { name: name.clone(), nearest: self.nearest(name) });
            }
        }
        Ok(found)
    }

    fn nearest(&self, name: &str) -> Option<String> {
        crate::stack::nearest(name, self.addresses.iter().map(Address::as_str)).map(str::to_owned)
    }
}

fn closure(start: Vec<Address>, next: &dyn Fn(&Address) -> Vec<Address>) -> BTreeSet<Address> {
    let mut seen = BTreeSet::new();
    let mut open = start;
    while let Some(address) = open.pop() {
        if seen.insert(address.clone()) {
            open.extend(next(&address));
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn included(target: &[&str], exclude: &[&str]) -> Result<Vec<String>, PlanError> {
        let addresses: Vec<Address> = ["network", "database", "api", "queue"].map(Address::from).to_vec();
        let dependencies = |address: &Address| match address.as_str() {
            "api" => vec!["database".into(), "queue".into()],
            "database" => vec!["network".into()],
            _ => vec![],
        };
        let dependents = |address: &Address| match address.as_str() {
            "network" => vec!["database".into()],
            "database" | "queue" => vec!["api".into()],
            _ => vec![],
        };
        let texts = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let options = PlanOptions { target: texts(target), exclude: texts(exclude), ..PlanOptions::default() };
        let selection = Selection { addresses: &addresses, dependencies: &dependencies, dependents: &dependents };
        Ok(selection.included(&options)?.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_target_brings_what_it_depends_on() {
        assert_eq!(included(&["database"], &[]).unwrap(), ["database", "network"]);
    }

    #[test]
    fn an_exclusion_takes_away_what_depends_on_it() {
        assert_eq!(included(&[], &["database"]).unwrap(), ["network", "queue"]);
    }

    #[test]
    fn an_unknown_name_is_an_error_with_the_nearest() {
        let error = included(&["databse"], &[]).unwrap_err().to_string();
        assert_eq!(error, "no resource is called `databse`; did you mean `database`?");
    }
}
