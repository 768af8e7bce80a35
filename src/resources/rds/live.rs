//! Databases as the schema describes them.

use aws_sdk_rds::types;

use super::cluster_properties::ClusterProperties;
use super::database::Database;
use super::instance_properties::InstanceProperties;
use super::spelling;
use crate::aws::AwsError;
use crate::resources::{Live, ResourceId};

/// # Errors
/// As `Live::typed`.
pub fn cluster(cluster: &types::DbCluster) -> Result<Live, AwsError> {
    let mut live = Live::typed(ResourceId::new(cluster.id()), &ClusterProperties::of(cluster))?;
    spelling::drop_empty(&mut live.properties);
    Ok(live)
}

/// # Errors
/// As `Live::typed`.
pub fn instance(instance: &types::DbInstance) -> Result<Live, AwsError> {
    let mut live = Live::typed(ResourceId::new(instance.id()), &InstanceProperties::of(instance))?;
    spelling::drop_empty(&mut live.properties);
    Ok(live)
}
