//! Roles that let a database use other services, each for a feature.

use aws_sdk_rds::types;

use super::database;
use super::modification::when_ready;
use crate::aws::{AwsError, CallResult, Context};

mirror! {
    /// A role of a cluster.
    pub struct ClusterRole: types::DbClusterRole {
        feature_name: String,
        role_arn: String,
    }
    /// A role of an instance.
    pub struct InstanceRole: types::DbInstanceRole {
        feature_name: String,
        role_arn: String,
    }
}

/// Makes a cluster's roles exactly these. RDS takes one change at a time, so that each waits for the one before.
pub async fn change_of_cluster(
    cx: &Context,
    id: &str,
    live: &[ClusterRole],
    desired: &[ClusterRole],
) -> Result<(), AwsError> {
    for role in live.iter().filter(|role| !desired.contains(role)) {
        let call = || async {
            let call = cx.rds().remove_role_from_db_cluster().db_cluster_identifier(id);
            let call = call.set_role_arn(role.role_arn.clone()).set_feature_name(role.feature_name.clone());
            call.send().await.call_optional("rds:RemoveRoleFromDBCluster").map(drop)
        };
        when_ready::<types::DbCluster, _, _>(cx, id, call).await?;
    }
    for role in desired.iter().filter(|role| !live.contains(role)) {
        let call = || async {
            let call = cx.rds().add_role_to_db_cluster().db_cluster_identifier(id);
            let call = call.set_role_arn(role.role_arn.clone()).set_feature_name(role.feature_name.clone());
            call.send().await.call("rds:AddRoleToDBCluster").map(drop)
        };
        when_ready::<types::DbCluster, _, _>(cx, id, call).await?;
    }
    let settled =
        |cluster: &types::DbCluster| !cluster.associated_roles().iter().any(|role| role.status() == Some("PENDING"));
    database::await_ready(cx, id, settled).await.map(drop)
}

/// As `change_of_cluster`, for an instance.
pub async fn change_of_instance(
    cx: &Context,
    id: &str,
    live: &[InstanceRole],
    desired: &[InstanceRole],
) -> Result<(), AwsError> {
    for role in live.iter().filter(|role| !desired.contains(role)) {
        let call = || async {
            let call = cx.rds().remove_role_from_db_instance().db_instance_identifier(id);
            let call = call.set_role_arn(role.role_arn.clone()).set_feature_name(role.feature_name.clone());
            call.send().await.call_optional("rds:RemoveRoleFromDBInstance").map(drop)
        };
        when_ready::<types::DbInstance, _, _>(cx, id, call).await?;
    }
    for role in desired.iter().filter(|role| !live.contains(role)) {
        let call = || async {
            let call = cx.rds().add_role_to_db_instance().db_instance_identifier(id);
            let call = call.set_role_arn(role.role_arn.clone()).set_feature_name(role.feature_name.clone());
            call.send().await.call("rds:AddRoleToDBInstance").map(drop)
        };
        when_ready::<types::DbInstance, _, _>(cx, id, call).await?;
    }
    let settled =
        |instance: &types::DbInstance| !instance.associated_roles().iter().any(|role| role.status() == Some("PENDING"));
    database::await_ready(cx, id, settled).await.map(drop)
}
