//! Records keep no secret, and lose nothing else: what is covered comes back with the same secrets and with no others.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use super::{
    Author, Cover, HistoryRecord, MissingSecret, Placeholder, Restored, RunKind, RunOutcome, StepOutcome, StepRecord,
};
use crate::apply::{ApplyReport, OperationOutcome, Verdict};
use crate::plan::{Action, Cause, Difference, Operation, OperationKind, PlanOptions, Reason, Shown, Step, Summary};
use crate::resources::ResourceId;
use crate::schema::PropertyPath;
use crate::secrets::{Secrets, Vault};
use crate::stack::StackInputs;
use crate::state::testing::identity;
use crate::state::{FingerprintKey, Snapshot};

fn key() -> FingerprintKey {
    Snapshot::new(&identity("dev")).fingerprint_key.opened(&Vault::default())
}

fn secrets(texts: &[&str]) -> Secrets {
    let secrets = Secrets::default();
    texts.iter().for_each(|text| secrets.add(text));
    secrets
}

fn inputs(text: &str, overrides: &[(&str, &str)]) -> StackInputs {
    let overrides = overrides.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    StackInputs { file: "dev.yaml".to_owned(), text: text.to_owned(), files: BTreeMap::new(), overrides }
}

fn covered(inputs: &StackInputs, secrets: &Secrets, key: &FingerprintKey) -> StackInputs {
    Cover::new(secrets, key).unwrap().inputs(inputs)
}

fn step(address: &str, action: Action, differences: Vec<Difference>, reasons: Vec<Reason>) -> Step {
    Step {
        address: address.into(),
        type_name: "AWS::SQS::Queue".to_owned(),
        region: "us-west-2".to_owned(),
        action,
        reasons,
        differences,
        settings: Vec::new(),
        wave: 1,
        id: None,
        moved_from: None,
        digest: "0123".to_owned(),
        work: Default::default(),
    }
}

fn difference(before: Json, after: Json) -> Difference {
    let path = PropertyPath::root().key("Value");
    let (before, after) = (Shown::Known(before), Shown::Known(after));
    Difference { path, before, after, cause: Cause::Changed, replaces: false }
}

fn record(steps: Vec<StepRecord>, inputs: Option<StackInputs>) -> HistoryRecord {
    HistoryRecord {
        number: 3,
        project: "shop".to_owned(),
        stack: "dev".to_owned(),
        account: "123456789012".to_owned(),
        region: "us-west-2".to_owned(),
        kind: RunKind::Apply,
        command: "infra apply".to_owned(),
        infra: "0.1.0".to_owned(),
        author: Author { user: "ada".to_owned(), host: "laptop".to_owned(), principal: None, place: String::new() },
        commit: None,
        started: jiff::Timestamp::UNIX_EPOCH,
        ended: jiff::Timestamp::UNIX_EPOCH,
        lock: None,
        renames: Vec::new(),
        serial_before: 1,
        serial_after: 4,
        outcome: RunOutcome::Succeeded,
        error: None,
        options: PlanOptions::default(),
        summary: Summary::default(),
        steps,
        operations: Vec::new(),
        output_changes: Vec::new(),
        settings: Vec::new(),
        config: Map::new(),
        inputs,
    }
}

const PEM: &str = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----";

#[test]
fn inputs_are_kept_without_a_secret_and_come_back_with_it() {
    let (key, secrets) = (key(), secrets(&["hunter2", "it's \"quoted\"", PEM, "123"]));
    let text = "config:\n  plain: hunter2\n  url: postgres://app:hunter2@db/shop\n  single: 'it''s \"quoted\"'\n  \
                double: \"it's \\\"quoted\\\"\"\n  key: |\n    -----BEGIN KEY-----\n    MIIEvQIBADANBgkq\n    \
                hkiG9w0BAQEFAASC\n    -----END KEY-----\n";
    let mut original = inputs(text, &[("pin", "123"), ("plain", "hunter2"), ("timeout", "1234")]);
    original.files.insert("start.sh".to_owned(), "echo aHVudGVyMg== | base64 -d".to_owned());
    let kept = covered(&original, &secrets, &key);
    let written = serde_json::to_string(&kept).unwrap();
    for secret in ["hunter2", "quoted", "aHVudGVyMg==", "MIIEvQ", "hkiG9w", "\"123\""] {
        assert!(!written.contains(secret), "{secret} in {written}");
    }
    assert!(kept.text.starts_with("config:\n  plain: infra-secret:v1:"), "{}", kept.text);
    assert_eq!(kept.overrides[2], ("timeout".to_owned(), "1234".to_owned()));
    let restored = Restored::of(&kept, &[], &secrets, &key);
    assert_eq!((restored.inputs, restored.missing), (original, Vec::new()));
    assert!(restored.secrets.contains("hunter2"));
}

#[test]
fn a_secret_that_is_part_of_a_placeholder_breaks_none() {
    let (key, secrets) = (key(), secrets(&["hunter2", "secret", "infra-secret"]));
    let original = inputs("a: hunter2\nb: secret\nc: infra-secret\n", &[]);
    let kept = covered(&original, &secrets, &key);
    assert_eq!(Placeholder::all(&kept.text).len(), 3, "{}", kept.text);
    assert_eq!(Restored::of(&kept, &[], &secrets, &key).inputs, original);
}

#[test]
fn a_secret_that_is_gone_or_changed_is_missed_where_it_stood() {
    let key = key();
    let text = "config:\n  password: hunter2\n  list: [a, { b: hunter2 }]\nresources:\n  db:\n    properties: { P: hunter2 }\n\
                # hunter2 in a comment\n";
    let mut original = inputs(text, &[("token", "hunter2")]);
    original.files.insert("start.sh".to_owned(), "hunter2".to_owned());
    let kept = covered(&original, &secrets(&["hunter2"]), &key);
    let places = |overrides: &[(String, String)], today: &[&str]| -> Vec<(String, Option<String>)> {
        let missing = Restored::of(&kept, overrides, &secrets(today), &key).missing;
        missing.into_iter().map(|MissingSecret { place, config_key }| (place, config_key)).collect()
    };
    let owned = |place: &str, key: Option<&str>| (place.to_owned(), key.map(str::to_owned));
    assert_eq!(
        places(&[], &["hunter3"]),
        [
            owned("config.password", Some("password")),
            owned("config.list[1].b", Some("list")),
            owned("resources.db.properties.P", None),
            owned("--set token", Some("token")),
            owned("start.sh", None),
        ]
    );
    let set = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    // Another value for what config has needs no old one, and the old one is found wherever it stood.
    let other = places(&[set("password", "hunter3"), set("token", "x"), set("list", "[]")], &[]);
    assert_eq!(other, [owned("resources.db.properties.P", None), owned("start.sh", None)]);
    assert_eq!(places(&[set("password", "hunter2")], &[]), []);
    assert_eq!(Restored::of(&kept, &[], &secrets(&["hunter2"]), &self::key()).missing.len(), 5, "of another stack");
}

#[test]
fn what_is_given_now_goes_before_what_the_record_has() {
    let kept = inputs("config: { a: 1, b: { c: 2 } }\n", &[("a", "2"), ("b.c", "3"), ("bc", "4")]);
    let given = [("b".to_owned(), "{}".to_owned())];
    let restored = Restored::of(&kept, &given, &Secrets::default(), &key()).inputs.overrides;
    let expected = [("a", "2"), ("bc", "4"), ("b", "{}")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(restored, expected);
}

#[test]
fn a_required_secret_is_asked_for_where_every_plan_asks() {
    let key = key();
    let text = "config:\n  a: { secret: required }\n  b: { c: { secret: required } }\n  d: { secret: 'age:x' }\n";
    let given = inputs(text, &[("a", "hunter2"), ("b.c", "hunter2"), ("d", "hunter2")]);
    let kept = covered(&given, &secrets(&["hunter2"]), &key);
    assert_eq!(Restored::of(&kept, &[], &secrets(&["hunter2"]), &key).inputs, given);
    let without = Restored::of(&kept, &[], &Secrets::default(), &key);
    assert_eq!(without.missing.iter().map(|one| one.place.as_str()).collect::<Vec<_>>(), ["--set d"]);
    assert_eq!(without.inputs.overrides.len(), 1);
}

#[test]
fn steps_and_errors_are_covered_and_stay_what_they_are() {
    let (key, secrets) = (key(), secrets(&["hunter2", "create", "drift", "done", "12345"]));
    let known = json!({"user": "app", "url": "https://app:hunter2@x", "pin": 12345, "port": 1234});
    let reasons = vec![Reason::Drift, Reason::FixedName { name: "shop-hunter2".to_owned() }];
    let open = Difference { after: Shown::Partly(known.clone()), ..difference(Json::Null, Json::Null) };
    let differences = vec![difference(Json::Null, known), open];
    let error = "400: password hunter2 is too short".to_owned();
    let failed = StepRecord {
        step: step("jobs", Action::Create, differences, reasons),
        outcome: StepOutcome::Failed { error },
        snapshots: Vec::new(),
        seconds: 0.5,
    };
    let kept = Cover::new(&secrets, &key).unwrap().record(record(vec![failed], None));
    let written = serde_json::to_string(&kept).unwrap();
    assert!(!written.contains("hunter2") && !written.contains("12345,"), "{written}");
    let read: HistoryRecord = serde_json::from_str(&written).unwrap();
    let StepRecord { step, outcome, .. } = &read.steps[0];
    assert_eq!((step.action, &step.reasons[0]), (Action::Create, &Reason::Drift));
    let placeholder = Placeholder::of("hunter2", &key).to_string();
    let Shown::Known(after) = &step.differences[0].after else { panic!("a known value") };
    assert_eq!(after["url"], format!("https://app:{placeholder}@x"));
    assert_eq!((&after["pin"], &after["port"]), (&Placeholder::of("12345", &key).to_string().into(), &1234.into()));
    assert_eq!(*outcome, StepOutcome::Failed { error: format!("400: password {placeholder} is too short") });
    let shown = serde_json::to_string(&read.for_people().unwrap()).unwrap();
    assert!(shown.contains("https://app:(secret ") && !shown.contains("infra-secret"), "{shown}");
}

#[test]
fn a_record_reads_back_as_it_was_written() {
    let steps = vec![StepRecord {
        step: step("jobs", Action::Update, vec![difference(1.into(), 2.into())], vec![Reason::Drift]),
        outcome: StepOutcome::Skipped { because: "`failed` failed".to_owned() },
        snapshots: Vec::new(),
        seconds: 0.0,
    }];
    let written = serde_json::to_value(record(steps, Some(inputs("a: 1\n", &[("k", "v")])))).unwrap();
    let read: HistoryRecord = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), written);
    assert_eq!(written["steps"][0]["address"], "jobs");
    assert_eq!(written["steps"][0]["outcome"], json!({"skipped": {"because": "`failed` failed"}}));
    assert_eq!(written["inputs"]["overrides"], json!([["k", "v"]]));
}

#[test]
fn a_step_with_several_operations_came_to_the_worst_of_them() {
    let operation = |kind| Operation { address: "jobs".into(), kind, after: Vec::new(), wave: 1, path_seconds: 1.0 };
    let created = Verdict::Done { took: Duration::from_secs(2) };
    let outcomes = |second: Verdict| {
        let delete = OperationKind::DeleteSuperseded(ResourceId::new("q-1"));
        vec![
            OperationOutcome { operation: operation(OperationKind::Create), verdict: created.clone(), snapshot: None },
            OperationOutcome { operation: operation(delete), verdict: second, snapshot: Some("last".to_owned()) },
        ]
    };
    let record = record(Vec::new(), None);
    let mut plan = record.plan();
    plan.steps =
        vec![step("jobs", Action::Update, Vec::new(), Vec::new()), step("other", Action::Move, Vec::new(), Vec::new())];
    let end = |second: Verdict| {
        let report = ApplyReport {
            outcomes: outcomes(second),
            interrupted: false,
            stopped_by: None,
            without_baseline: Vec::new(),
            outputs: Map::new(),
        };
        StepRecord::all(&plan, Some(&report))
    };
    let error = "no".to_owned();
    let failed = end(Verdict::Failed { took: Duration::from_secs(1), error: error.clone() });
    assert_eq!((&failed[0].outcome, failed[0].seconds), (&StepOutcome::Failed { error }, 3.0));
    assert_eq!(failed[1].outcome, StepOutcome::Done, "only state had to be written");
    assert_eq!(failed[0].step.digest, "");
    let stopped = end(Verdict::Skipped { because: "interrupted".to_owned() });
    assert_eq!((&stopped[0].outcome, stopped[0].seconds), (&StepOutcome::NotStarted, 2.0));
    assert_eq!(end(Verdict::Abandoned)[0].outcome, StepOutcome::LeftUnderWay);
    assert!(StepRecord::all(&plan, None).iter().all(|step| step.outcome == StepOutcome::NotStarted));
}

#[test]
fn a_secret_that_yaml_folds_is_covered_line_by_line_and_put_back_as_it_was() {
    let (key, known) = (key(), secrets(&["correct horse battery staple of the stable", "-----BEGIN\nab\nlast-line-1"]));
    let text = "a: >-\n  correct horse\n  battery staple of\n  the stable\nb: |\n    -----BEGIN\n    ab\n    last-line-1\n\
                c: 'correct horse battery\n  staple of the stable'\n";
    let inputs = inputs(text, &[]);
    let kept = covered(&inputs, &known, &key);
    for part in ["horse", "battery", "stable", "BEGIN", "    ab\n", "last-line"] {
        assert!(!kept.text.contains(part), "{}", kept.text);
    }
    assert_eq!(Restored::of(&kept, &[], &known, &key).inputs, inputs);
}

#[test]
fn what_aws_repeats_of_a_secret_in_part_is_in_no_record() {
    let (key, known) = (key(), secrets(&["hunter2-correct-horse"]));
    let cover = Cover::new(&known, &key).unwrap();
    let failed = StepOutcome::Failed { error: "Value 'hunter2-corr' of hunter2-correct-horse".to_owned() };
    let step = StepRecord {
        step: step("a", Action::Create, Vec::new(), Vec::new()),
        outcome: failed,
        seconds: 0.0,
        snapshots: Vec::new(),
    };
    let covered =
        cover.record(HistoryRecord { error: Some("… hunter2-cor…".to_owned()), ..record(vec![step], None) });
    let text = serde_json::to_string(&covered).unwrap();
    assert!(!text.contains("hunter2") && text.contains("infra-secret:v1:"), "{text}");
}
