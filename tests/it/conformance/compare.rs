//! Written values against live ones, as the plan compares them.

use infra::plan::{self, Diff, Difference, Disclosure, Shown};
use infra::resources::{Driver, Properties};
use infra::schema::ResourceSchema;
use infra::secrets::Secrets;
use infra::state::FingerprintKey;
use infra::value::Value;

/// What a plan would show for an object that was written with `written` and now is `live`. What AWS never gives back is
/// left out.
pub fn differences(
    driver: &dyn Driver,
    schema: &ResourceSchema,
    written: &Properties,
    live: &Properties,
) -> Vec<Difference> {
    let (mut written, mut live) = (written.clone(), live.clone());
    driver.canonicalize(&mut written);
    driver.canonicalize(&mut live);
    driver.align(&written, &mut live);
    let (before, key) = (Properties::new(), FingerprintKey::new(""));
    let secrets = Secrets::default();
    let disclosure = Disclosure { schema, secrets: &secrets };
    let diff = Diff { disclosure, before: &before, live: &live, key: &key };
    let mut found = plan::differences(&diff, &Value::from(serde_json::Value::Object(written)));
    found.retain(|difference| !schema.is_write_only(&difference.path));
    found
}

/// `VisibilityTimeout: wrote 45, AWS has 30`.
pub fn describe(difference: &Difference) -> String {
    let text = |shown: &Shown| match shown {
        Shown::Known(value) => value.to_string(),
        other => format!("{other:?}").to_lowercase(),
    };
    format!("{}: wrote {}, AWS has {}", difference.path, text(&difference.after), text(&difference.before))
}
