//! Copies of an instance's automated backups in another region, which the other region's endpoint manages.

use super::instance_properties::InstanceProperties;
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::{Live, ReadRequest};

const REGION: &str = "AutomaticBackupReplicationRegion";
const RETENTION: &str = "AutomaticBackupReplicationRetentionPeriod";

/// Adds where the backups go and for how long they stay there; one call to that region, where there is one.
pub async fn add(
    cx: &Context,
    request: &ReadRequest,
    instance: &aws_sdk_rds::types::DbInstance,
    live: &mut Live,
) -> Result<(), AwsError> {
    let replications = instance.db_instance_automated_backups_replications();
    let Some(arn) = replications.iter().find_map(|backups| backups.db_instance_automated_backups_arn()) else {
        return Ok(());
    };
    let Some(region) = arn.split(':').nth(3) else { return Ok(()) };
    live.properties.insert(REGION.into(), region.into());
    if request.wants(RETENTION) {
        let other = cx.in_region(region);
        let call = other.rds().describe_db_instance_automated_backups().db_instance_automated_backups_arn(arn);
        let output = call.send().await.call_optional("rds:DescribeDBInstanceAutomatedBackups")?;
        let backups = output.and_then(|output| output.db_instance_automated_backups).unwrap_or_default();
        if let Some(days) = backups.first().and_then(|backups| backups.backup_retention_period()) {
            live.properties.insert(RETENTION.into(), days.into());
        }
    }
    Ok(())
}

/// Makes the copies go where they are wanted. Nothing about a running replication can change, so it is made anew.
pub async fn change(cx: &Context, live: &Live, desired: &InstanceProperties) -> Result<(), AwsError> {
    let (arn, region) = (live.text("DBInstanceArn"), live.text(REGION));
    if !region.is_empty() {
        let call = cx.in_region(region).rds().stop_db_instance_automated_backups_replication();
        let call = call.source_db_instance_arn(arn).send().await;
        call.call_optional("rds:StopDBInstanceAutomatedBackupsReplication")?;
    }
    start(cx, arn, desired).await
}

/// Starts the replication that is desired, if one is.
pub async fn start(cx: &Context, arn: &str, desired: &InstanceProperties) -> Result<(), AwsError> {
    let Some(region) = desired.automatic_backup_replication_region.as_deref() else { return Ok(()) };
    let call = cx.in_region(region).rds().start_db_instance_automated_backups_replication().source_db_instance_arn(arn);
    let retention = desired.automatic_backup_replication_retention_period.or(desired.backup_retention_period);
    let call = call.set_backup_retention_period(retention);
    let call = call.set_kms_key_id(desired.automatic_backup_replication_kms_key_id.clone());
    call.send().await.call("rds:StartDBInstanceAutomatedBackupsReplication").map(drop)
}
