use super::Unwritten;
use crate::plan::Disclosure;
use crate::resources::{Driver, Properties};
use crate::state::FingerprintKey;

/// What state keeps of an object beside what was written of it, secrets as fingerprints. `written` is as state has it.
pub fn baseline(
    driver: &dyn Driver,
    disclosure: &Disclosure<'_>,
    key: &FingerprintKey,
    written: &Properties,
    live: &Properties,
) -> Properties {
    let unwritten = Unwritten { driver, schema: disclosure.schema }.of(written, live);
    disclosure.redacted(key, &unwritten)
}
