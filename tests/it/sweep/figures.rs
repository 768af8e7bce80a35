use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::finding::{Finding, Trouble};

/// What a sweep came to.
#[derive(Debug, Default)]
pub struct Figures {
    /// How often each phase was disturbed, by what was done to it.
    disturbed: BTreeMap<String, usize>,
    troubles: BTreeMap<Trouble, usize>,
    /// Each case that went wrong, with what is wrong.
    failures: Vec<String>,
    took: Duration,
}

impl Figures {
    pub fn count(&mut self, disturbance: impl Into<String>) {
        *self.disturbed.entry(disturbance.into()).or_default() += 1;
    }

    pub fn found(&mut self, case: &str, findings: &[Finding]) {
        if findings.is_empty() {
            return;
        }
        for finding in findings {
            *self.troubles.entry(finding.trouble).or_default() += 1;
        }
        let lines: String = findings.iter().map(|finding| format!("\n  {finding}")).collect();
        self.failures.push(format!("{case}{lines}"));
    }

    pub fn add(&mut self, other: Self) {
        for (what, count) in other.disturbed {
            *self.disturbed.entry(what).or_default() += count;
        }
        for (trouble, count) in other.troubles {
            *self.troubles.entry(trouble).or_default() += count;
        }
        self.failures.extend(other.failures);
    }

    pub fn after(self, took: Duration) -> Self {
        Self { took, ..self }
    }

    /// For who watches a sweep go on.
    pub fn in_short(&self) -> String {
        if self.failures.is_empty() { "fine".to_owned() } else { self.failures.join("\n") }
    }

    /// Fails with everything that is wrong.
    #[track_caller]
    pub fn expect_nothing_wrong(&self) {
        assert!(self.failures.is_empty(), "{self}");
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.failures {
            writeln!(formatter, "{failure}")?;
        }
        for (what, count) in &self.disturbed {
            writeln!(formatter, "{count:6}  {what}")?;
        }
        writeln!(formatter, "{:6}  disturbed in all", self.disturbed.values().sum::<usize>())?;
        use Trouble::{Different, Double, Failed, Lost, Orphan, Output, Unsettled};
        for trouble in [Orphan, Double, Lost, Different, Output, Unsettled, Failed] {
            let name = format!("{trouble:?}").to_lowercase();
            writeln!(formatter, "{:6}  {name}", self.troubles.get(&trouble).copied().unwrap_or_default())?;
        }
        writeln!(formatter, "in {:.0} s", self.took.as_secs_f64())
    }
}
