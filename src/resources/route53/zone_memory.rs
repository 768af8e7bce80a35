use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::record_reading::{self, Key};
use super::record_set::zone_of;
use crate::aws::{AwsError, Context};
use crate::resources::Properties;

/// How long what a zone had is good enough to tell that a record was not there.
const GOOD_FOR: Duration = Duration::from_secs(60);

/// What zones had a moment ago: records that are made together cost one listing, and not one each. Route 53 takes five
/// calls a second from an account.
#[derive(Default)]
pub struct ZoneMemory(Mutex<HashMap<String, Remembered>>);

#[derive(Clone)]
struct Remembered {
    at: Instant,
    zone: String,
    records: Option<Arc<HashSet<Key>>>,
}

impl ZoneMemory {
    /// The zone that a record's properties name, and the identities of all its records if they are few enough for a page.
    ///
    /// # Errors
    /// As `zone_of`, or where the zone cannot be listed.
    pub async fn of(
        &self,
        cx: &Context,
        properties: &Properties,
    ) -> Result<(String, Option<Arc<HashSet<Key>>>), AwsError> {
        let written = format!("{:?} {:?}", properties.get("HostedZoneId"), properties.get("HostedZoneName"));
        // Held while it is listed, so that those who ask meanwhile wait for the same answer.
        let mut zones = self.0.lock().await;
        let known = zones.get(&written).filter(|known| known.at.elapsed() < GOOD_FOR).cloned();
        let known = match known {
            Some(known) => known,
            None => {
                let (at, zone) = (Instant::now(), zone_of(cx, properties).await?);
                let records = record_reading::all_of_a_page(cx, &zone).await?.map(Arc::new);
                let found = Remembered { at, zone, records };
                zones.insert(written, found.clone());
                found
            }
        };
        Ok((known.zone, known.records))
    }
}
