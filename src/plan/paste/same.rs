//! What a plan would show for the object that these properties were read of.

use crate::plan::{Diff, Difference, Disclosure, differences};
use crate::resources::{Driver, Properties};
use crate::schema::ResourceSchema;
use crate::secrets::Secrets;
use crate::state::FingerprintKey;
use crate::value::Value;

/// Where the written properties and the live ones differ.
pub fn compared(
    driver: &dyn Driver,
    schema: &ResourceSchema,
    written: &Properties,
    live: &Properties,
) -> Vec<Difference> {
    let (mut written, mut live) = (written.clone(), live.clone());
    driver.canonicalize(&mut written);
    driver.canonicalize(&mut live);
    driver.align(&written, &mut live);
    let (before, key, secrets) = (Properties::new(), FingerprintKey::new(""), Secrets::default());
    let disclosure = Disclosure { schema, secrets: &secrets };
    let diff = Diff { disclosure, before: &before, live: &live, key: &key };
    differences(&diff, &Value::from(serde_json::Value::Object(written)))
}
