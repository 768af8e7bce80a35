use async_trait::async_trait;
use aws_sdk_rds::types;

use super::cluster_properties::ClusterProperties;
use super::database::{self, Database};
use super::modification::{missing, when_ready};
use super::sources::{self, Kind};
use super::{cluster_changes, cluster_creation, last_snapshot, live, roles, spelling, tags};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, NameRule, Properties, ReadRequest, ReservedNames,
    ResourceId, Source, TagChange, Update,
};

/// `AWS::RDS::DBCluster`, Aurora or Multi-AZ, identified by its name. One call reads 100, tags included.
pub struct DbCluster;

/// What it can be made from.
const SOURCES: &[(&str, Kind)] = &[
    ("SnapshotIdentifier", Kind::AnySnapshot),
    ("SourceDBClusterIdentifier", Kind::Cluster),
    ("SourceDbClusterResourceId", Kind::ClusterBackups),
];

/// How people name one.
const FORMS: &[Form] = &[Form::new("NAME"), Form::new("arn:PARTITION:rds:REGION:ACCOUNT:cluster:NAME").giving("NAME")];

/// What AWS gives a new one. Source: RDS API reference, `CreateDBCluster`.
const DEFAULTS: &[(&str, &str)] = &[
    ("/properties/AutoMinorVersionUpgrade", "true"),
    ("/properties/BacktrackWindow", "0"),
    ("/properties/CopyTagsToSnapshot", "false"),
    ("/properties/DeletionProtection", "false"),
    ("/properties/EnableHttpEndpoint", "false"),
    ("/properties/EnableIAMDatabaseAuthentication", "false"),
    ("/properties/EngineLifecycleSupport", r#""open-source-rds-extended-support""#),
    ("/properties/EngineMode", r#""provisioned""#),
    ("/properties/ManageMasterUserPassword", "false"),
    ("/properties/MonitoringInterval", "0"),
    ("/properties/NetworkType", r#""IPV4""#),
    ("/properties/PerformanceInsightsEnabled", "false"),
    ("/properties/StorageEncrypted", "false"),
    ("/properties/StorageType", r#""aurora""#),
];

#[async_trait]
impl Driver for DbCluster {
    fn type_name(&self) -> &'static str {
        "AWS::RDS::DBCluster"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    /// Aurora's storage has no size, and AWS's own parameter groups change with the engine's version.
    fn redundant(&self, live: &Properties) -> Vec<&'static str> {
        let engine = live.get("Engine").and_then(serde_json::Value::as_str).unwrap_or_default();
        let size = engine.starts_with("aurora").then_some("AllocatedStorage");
        size.into_iter().chain(spelling::of_aws(live, &["DBClusterParameterGroupName"])).collect()
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    /// Multi-AZ clusters take fewer characters than Aurora. Source: RDS API reference, `CreateDBCluster`,
    /// `DBClusterIdentifier`.
    fn name_rule(&self) -> Option<NameRule> {
        Some(
            NameRule::lowercase("DBClusterIdentifier", 52)
                .avoiding(ReservedNames { letter_first: true, ..ReservedNames::NONE }),
        )
    }

    fn stateful(&self) -> bool {
        true
    }

    fn has_snapshots(&self) -> bool {
        true
    }

    /// The API knows no source region: who copies from another region signs a request to that region beforehand.
    fn unsupported(&self) -> &'static [&'static str] {
        &["/properties/SourceRegion"]
    }

    fn canonicalize(&self, properties: &mut Properties) {
        let lower = [
            "DBClusterIdentifier",
            "DBClusterParameterGroupName",
            "DBSubnetGroupName",
            "Engine",
            "PreferredMaintenanceWindow",
        ];
        spelling::lower(properties, &lower);
        let lists = ["AssociatedRoles", "AvailabilityZones", "EnableCloudwatchLogsExports", "VpcSecurityGroupIds"];
        spelling::sort(properties, &lists);
    }

    fn align(&self, desired: &Properties, live: &mut Properties) {
        spelling::align_version(desired, live);
        spelling::align_key(desired, live, "KmsKeyId");
        spelling::align_key(desired, live, "PerformanceInsightsKmsKeyId");
        spelling::align_subset(desired, live, "AvailabilityZones");
    }

    fn sources(&self) -> &'static [&'static str] {
        &["SnapshotIdentifier", "SourceDBClusterIdentifier", "SourceDbClusterResourceId"]
    }

    async fn missing_source(&self, cx: &Context, properties: &Properties) -> Result<Option<Source>, AwsError> {
        sources::missing(cx, properties, SOURCES).await
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let ids: Vec<String> = requests.iter().map(|request| request.id.to_string()).collect();
        let clusters: Vec<types::DbCluster> = database::read(cx, &ids).await?;
        let find = |id: &String| clusters.iter().find(|cluster| cluster.id() == id).map(live::cluster).transpose();
        ids.iter().map(find).collect()
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let properties: ClusterProperties = desired.typed()?;
        let id = ResourceId::new(desired.text("DBClusterIdentifier").to_lowercase());
        let restored =
            database::once_free::<types::DbCluster, _, _>(cx, id.as_str(), || cluster_creation::start(cx, &properties))
                .await?;
        let rest = async {
            database::await_ready(cx, id.as_str(), types::DbCluster::is_settled).await?;
            if let Some(roles) = properties.associated_roles.as_deref().filter(|roles| !roles.is_empty()) {
                roles::change_of_cluster(cx, id.as_str(), &[], roles).await?;
            }
            if restored {
                self.complete(cx, &id, desired).await?;
            }
            existing(cx, &id).await
        };
        let live = rest.await.map_err(|error| CreateError::partial(&id, error))?;
        Ok(Created { id, outputs: live.properties })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        tags::change(cx, update.live.text("DBClusterArn"), &update.tags).await?;
        if update.changed.is_empty() { Ok(()) } else { cluster_changes::apply(cx, self, update).await }
    }

    async fn settle(&self, cx: &Context, id: &ResourceId) -> Result<(), AwsError> {
        database::await_ready(cx, id.as_str(), types::DbCluster::is_settled).await.map(drop)
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let id = deletion.id.as_str();
        let Some(cluster) = types::DbCluster::describe(cx, id).await? else { return Ok(()) };
        if !cluster.is_going() {
            if cluster.deletion_protection().unwrap_or(false) {
                unprotect(cx, id).await?;
            }
            cluster_changes::leave_global_cluster(cx, &live::cluster(&cluster)?, &ClusterProperties::default()).await?;
            when_ready::<types::DbCluster, _, _>(cx, id, || start_deletion(cx, deletion, &cluster)).await?;
        }
        database::await_gone::<types::DbCluster>(cx, id).await
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let id = desired.text("DBClusterIdentifier").to_lowercase();
        let cluster = types::DbCluster::describe(cx, &id).await?;
        let ours =
            |cluster: &types::DbCluster| !cluster.is_going() && desired.ownership.owns(tags::pairs(cluster.tag_list()));
        Ok(cluster.filter(ours).map(|cluster| ResourceId::new(cluster.id())))
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        let clusters = types::DbCluster::describe_all(cx, None).await?;
        Ok(clusters.iter().map(|cluster| ResourceId::new(cluster.id())).collect())
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        Ok(types::DbCluster::describe(cx, &text.to_lowercase()).await?.map(|cluster| ResourceId::new(cluster.id())))
    }
}

impl DbCluster {
    /// Brings a restored cluster to all that is desired: restores take fewer properties than the schema has.
    async fn complete(&self, cx: &Context, id: &ResourceId, desired: &Desired) -> Result<(), AwsError> {
        let live = existing(cx, id).await?;
        let changed = missing(self, &desired.properties, &live.properties);
        let update = Update { id, live: &live, desired, changed: &changed, tags: TagChange::default() };
        self.update(cx, &update).await
    }
}

async fn existing(cx: &Context, id: &ResourceId) -> Result<Live, AwsError> {
    let cluster = types::DbCluster::describe(cx, id.as_str()).await?;
    live::cluster(&cluster.ok_or_else(|| AwsError::missing("rds:DescribeDBClusters", id.as_str()))?)
}

async fn unprotect(cx: &Context, id: &str) -> Result<(), AwsError> {
    let call = || async {
        let call = cx.rds().modify_db_cluster().db_cluster_identifier(id).deletion_protection(false);
        call.apply_immediately(true).send().await.call("rds:ModifyDBCluster").map(drop)
    };
    when_ready::<types::DbCluster, _, _>(cx, id, call).await
}

async fn start_deletion(cx: &Context, deletion: &Deletion<'_>, cluster: &types::DbCluster) -> Result<(), AwsError> {
    let backups = deletion.properties.get("DeleteAutomatedBackups").and_then(serde_json::Value::as_bool);
    let call = cx.rds().delete_db_cluster().db_cluster_identifier(deletion.id.as_str());
    let call = call.set_delete_automated_backups(backups);
    let send = |snapshot: Option<String>| {
        let call = call.clone().skip_final_snapshot(snapshot.is_none()).set_final_db_snapshot_identifier(snapshot);
        async move { call.send().await.call_optional("rds:DeleteDBCluster").map(drop) }
    };
    match (send(deletion.snapshot.clone()).await, &deletion.snapshot) {
        (Err(error), Some(name)) if last_snapshot::is_taken(&error) => {
            if last_snapshot::of_cluster(cx, name, cluster).await? { send(None).await } else { Err(error) }
        }
        (result, _) => result,
    }
}
