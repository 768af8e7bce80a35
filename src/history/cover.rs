use std::collections::BTreeMap;

use regex::{Captures, Regex, RegexBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use super::{HistoryRecord, Placeholder, StepOutcome, StepRecord};
use crate::plan::{Difference, OutputChange, Reason, Setting, Shown, Step};
use crate::secrets::{Secrets, forms};
use crate::stack::StackInputs;
use crate::state::FingerprintKey;

/// A shorter line of a secret of many lines is part of too many other texts.
const SHORTEST_LINE: usize = 8;
/// As for `Secrets`: a shorter text is only a secret as a whole.
const SHORTEST: usize = 4;
/// As large as a pattern may become in memory, in bytes: keys and certificates are long, and programs have many spellings.
const LARGEST: usize = 1 << 30;
/// Of a longer text, only lines that end among its first words are put back by a rollback.
const MOST_WORDS: usize = 64;

/// Takes the secrets of a run out of what its record keeps: a placeholder with its fingerprint stands in each one's place.
pub struct Cover<'a> {
    secrets: &'a Secrets,
    key: &'a FingerprintKey,
    /// Every secret in every form that files write it in, the longest first; `None` where there is none. One pattern,
    /// so that no secret is found inside of another's placeholder.
    pattern: Option<Regex>,
}

impl<'a> Cover<'a> {
    /// # Errors
    /// Secrets that are together too long to be looked for.
    pub fn new(secrets: &'a Secrets, key: &'a FingerprintKey) -> Result<Self, regex::Error> {
        let mut written: Vec<String> = secrets.all().iter().flat_map(|secret| written_forms(secret)).collect();
        written.retain(|form| form.len() >= SHORTEST);
        written.sort_by_key(|form| std::cmp::Reverse(form.len()));
        let written: Vec<String> = written.iter().map(|form| folded(form)).collect();
        let pattern = || RegexBuilder::new(&written.join("|")).size_limit(LARGEST).build();
        let pattern = (!written.is_empty()).then(pattern).transpose()?;
        Ok(Self { secrets, key, pattern })
    }

    pub fn text(&self, text: &str) -> String {
        if self.secrets.knows(text) {
            return self.placeholder(text);
        }
        let placeholder = |found: &Captures<'_>| self.line_by_line(&found[0]);
        match &self.pattern {
            Some(pattern) => pattern.replace_all(text, placeholder).into_owned(),
            None => text.to_owned(),
        }
    }

    /// What AWS said, which may repeat a secret in part. Nobody reads that back.
    fn message(&self, text: &str) -> String {
        self.secrets.mask(&self.text(text)).into_owned()
    }

    /// Each line by itself, so that breaks and indentation stay as they are, and mean what they meant.
    fn line_by_line(&self, found: &str) -> String {
        let cover = |line: &str| {
            let secret = line.trim();
            if secret.is_empty() { line.to_owned() } else { line.replacen(secret, &self.placeholder(secret), 1) }
        };
        found.split_inclusive('\n').map(cover).collect()
    }

    pub fn json(&self, json: &Json) -> Json {
        match json {
            Json::String(text) => self.text(text).into(),
            Json::Number(number) if self.secrets.knows(&number.to_string()) => {
                self.placeholder(&number.to_string()).into()
            }
            Json::Array(items) => items.iter().map(|item| self.json(item)).collect(),
            Json::Object(entries) => Json::Object(self.map(entries)),
            other => other.clone(),
        }
    }

    pub fn map(&self, entries: &Map<String, Json>) -> Map<String, Json> {
        entries.iter().map(|(name, value)| (self.text(name), self.json(value))).collect()
    }

    pub fn inputs(&self, inputs: &StackInputs) -> StackInputs {
        let files: BTreeMap<String, String> =
            inputs.files.iter().map(|(path, text)| (path.clone(), self.text(text))).collect();
        let overrides = inputs.overrides.iter().map(|(key, value)| (key.clone(), self.text(value))).collect();
        StackInputs { file: inputs.file.clone(), text: self.text(&inputs.text), files, overrides }
    }

    /// Covers what plan, outcomes and inputs say. Addresses and types are names, and stay.
    pub fn record(&self, record: HistoryRecord) -> HistoryRecord {
        HistoryRecord {
            error: record.error.as_deref().map(|error| self.message(error)),
            steps: record.steps.into_iter().map(|step| self.step_record(step)).collect(),
            settings: record.settings,
            output_changes: record.output_changes.into_iter().map(|change| self.output_change(change)).collect(),
            config: self.map(&record.config),
            inputs: record.inputs.as_ref().map(|inputs| self.inputs(inputs)),
            ..record
        }
    }

    fn step_record(&self, record: StepRecord) -> StepRecord {
        let StepRecord { step, outcome, seconds, snapshots } = record;
        let differences = step.differences.iter().map(|difference| self.difference(difference)).collect();
        let settings = step.settings.iter().map(|setting| self.setting(setting)).collect();
        let reasons = step.reasons.iter().map(|reason| self.reason(reason)).collect();
        let step = Step { differences, settings, reasons, ..step };
        let outcome = match outcome {
            StepOutcome::Failed { error } => StepOutcome::Failed { error: self.message(&error) },
            other => other,
        };
        StepRecord { step, outcome, seconds, snapshots }
    }

    fn difference(&self, difference: &Difference) -> Difference {
        let (before, after) = (self.shown(&difference.before), self.shown(&difference.after));
        Difference { before, after, ..difference.clone() }
    }

    fn setting(&self, setting: &Setting) -> Setting {
        Setting { before: self.json(&setting.before), after: self.json(&setting.after), ..setting.clone() }
    }

    fn output_change(&self, change: OutputChange) -> OutputChange {
        OutputChange { before: self.shown(&change.before), after: self.shown(&change.after), ..change }
    }

    fn shown(&self, shown: &Shown) -> Shown {
        match shown {
            Shown::Known(json) => Shown::Known(self.json(json)),
            Shown::Partly(json) => Shown::Partly(self.json(json)),
            Shown::Unknown(expression) => Shown::Unknown(self.text(expression)),
            Shown::Absent | Shown::Secret | Shown::Default => shown.clone(),
        }
    }

    /// A reason's texts; which reason it is stays as it is.
    fn reason(&self, reason: &Reason) -> Reason {
        self.fields(reason).unwrap_or_else(|_| reason.clone())
    }

    fn fields<T: Serialize + DeserializeOwned>(&self, value: &T) -> Result<T, serde_json::Error> {
        let covered = match serde_json::to_value(value)? {
            Json::Object(variant) => {
                Json::Object(variant.into_iter().map(|(name, fields)| (name, self.json(&fields))).collect())
            }
            unit => unit,
        };
        serde_json::from_value(covered)
    }

    fn placeholder(&self, secret: &str) -> String {
        Placeholder::of(secret, self.key).to_string()
    }
}

/// A pattern of the text, however YAML breaks its lines. Source: YAML 1.2.2, section 6.5, line folding.
fn folded(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        pattern.push_str(&regex::escape(word));
        if word.len() < piece.len() && !pattern.ends_with("\\s+") {
            pattern.push_str("\\s+");
        }
    }
    pattern
}

/// How a secret may look in a stack file and in what a stack file reads: as programs write it, quoted as YAML does, and
/// line by line, because a block of YAML is indented.
pub(super) fn written_forms(secret: &str) -> Vec<String> {
    let lines = lines(secret).filter(|line| line.len() >= SHORTEST_LINE && line.len() < secret.len());
    // Source: YAML 1.2.2, section 7.3.2, single-quoted style.
    let quoted = secret.replace('\'', "''");
    forms(secret).into_iter().chain([quoted]).chain(lines.map(str::to_owned)).collect()
}

/// The texts that may stand alone on a line where a secret is written over several.
pub(super) fn line_forms(secret: &str) -> Vec<String> {
    let quoted = secret.replace('\'', "''");
    let words = |text: &str| -> Vec<String> {
        let ends: Vec<usize> = word_ends(text).take(MOST_WORDS).collect();
        let starts = || [0].into_iter().chain(ends.iter().map(|end| end + 1));
        let runs = starts().flat_map(|start| ends.iter().filter(move |end| **end > start).map(move |end| start..*end));
        let rest = starts().map(|start| start..text.len());
        runs.chain(rest).filter_map(|run| text.get(run)).map(|run| run.trim().to_owned()).collect()
    };
    [secret, &quoted]
        .into_iter()
        .flat_map(|text| lines(text).chain([text]).flat_map(words).collect::<Vec<_>>())
        .collect()
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim)
}

fn word_ends(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices(' ').map(|(index, _)| index)
}
