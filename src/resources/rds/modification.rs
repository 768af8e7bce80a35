//! What modifying clusters and instances have in common.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::database::{self, Database};
use crate::aws::{AwsError, Context, ErrorKind};
use crate::resources::{Driver, Properties};

/// An accepted change shows in the status or in the values within this time. A value that AWS spells in a way of its own
/// never shows, and must not hold up the change for an hour.
const SHOWS_WITHIN: Duration = Duration::from_secs(90);

/// The changed properties, with those that the API only takes together with them.
pub fn with_companions(changed: &BTreeSet<String>, companions: &[(&str, &[&str])]) -> BTreeSet<String> {
    let joined = companions.iter().filter(|(name, _)| changed.contains(*name)).flat_map(|(_, companions)| *companions);
    changed.iter().cloned().chain(joined.map(|name| (*name).to_owned())).collect()
}

/// Makes a modifying call, again once the object is ready if it was busy: backups and maintenance pass.
///
/// # Errors
/// The call's own, or that of the wait.
pub async fn when_ready<D: Database, T, F>(cx: &Context, id: &str, mut call: impl FnMut() -> F) -> Result<T, AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
{
    match call().await {
        Err(error) if error.kind() == ErrorKind::InUse => {
            database::await_ready::<D>(cx, id, |_| true).await?;
            call().await
        }
        result => result,
    }
}

/// Waits until the changed properties are as desired, or the object has settled without showing them.
pub async fn await_effect<D: Database>(
    cx: &Context,
    driver: &dyn Driver,
    id: &str,
    wanted: &Properties,
    live: impl Fn(&D) -> Result<Properties, AwsError> + Sync,
) -> Result<(), AwsError> {
    let settled_since = Mutex::new(Option::<Instant>::None);
    let done = |database: &D| {
        let Ok(mut since) = settled_since.lock() else { return true };
        if !database.is_settled() {
            *since = None;
            return false;
        }
        let shown = live(database).is_ok_and(|live| shows(driver, wanted, live));
        shown || since.get_or_insert_with(Instant::now).elapsed() > SHOWS_WITHIN
    };
    database::await_ready::<D>(cx, id, done).await.map(drop)
}

/// True if live has all that is wanted, each in the driver's spelling.
pub fn shows(driver: &dyn Driver, wanted: &Properties, mut live: Properties) -> bool {
    let mut wanted = wanted.clone();
    driver.canonicalize(&mut wanted);
    driver.canonicalize(&mut live);
    driver.align(&wanted, &mut live);
    wanted.iter().all(|(name, value)| live.get(name).is_some_and(|live| covers(value, live)))
}

/// The desired properties that a restored object does not have yet: restores take fewer than the schema has.
pub fn missing(driver: &dyn Driver, desired: &Properties, live: &Properties) -> BTreeSet<String> {
    let differs = |name: &&String| {
        let only = desired.iter().filter(|(other, _)| other == name).map(|(name, value)| (name.clone(), value.clone()));
        // The password is never given back, and the snapshot's own is not the one desired.
        let readable = live.contains_key(*name) || *name == "MasterUserPassword";
        let later = !["AssociatedRoles", "Tags"].contains(&name.as_str());
        readable && later && !shows(driver, &only.collect(), live.clone())
    };
    desired.keys().filter(differs).cloned().collect()
}

fn covers(wanted: &Value, live: &Value) -> bool {
    match (wanted, live) {
        (Value::Object(wanted), Value::Object(live)) => {
            wanted.iter().all(|(name, value)| live.get(name).is_some_and(|live| covers(value, live)))
        }
        (Value::Number(wanted), Value::Number(live)) => wanted.as_f64() == live.as_f64(),
        _ => wanted == live,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_goes_together_is_sent_together() {
        let changed = BTreeSet::from(["MonitoringInterval".to_owned()]);
        let companions: &[(&str, &[&str])] =
            &[("MonitoringInterval", &["MonitoringRoleArn"]), ("Iops", &["AllocatedStorage"])];
        let all = with_companions(&changed, companions);
        assert_eq!(all.into_iter().collect::<Vec<_>>(), ["MonitoringInterval", "MonitoringRoleArn"]);
    }

    #[test]
    fn live_may_have_more_than_was_wanted() {
        assert!(covers(&json!({"MinCapacity": 1}), &json!({"MinCapacity": 1.0, "MaxCapacity": 4.0})));
        assert!(!covers(&json!({"MinCapacity": 2}), &json!({"MinCapacity": 1.0})));
    }
}
