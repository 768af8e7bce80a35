use async_trait::async_trait;
use aws_sdk_rds::types;

use super::database::{self, Database};
use super::instance_properties::InstanceProperties;
use super::modification::{missing, when_ready};
use super::sources::{self, Kind};
use super::{instance_changes, instance_creation, last_snapshot, live, replicated_backups, roles, spelling, tags};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, NameRule, Properties, ReadRequest, ReservedNames,
    ResourceId, Source, TagChange, Update, concurrently,
};

/// `AWS::RDS::DBInstance`, of a cluster or on its own, identified by its name. One call reads 100, tags included.
pub struct DbInstance;

/// What it can be made from.
const SOURCES: &[(&str, Kind)] = &[
    ("DBSnapshotIdentifier", Kind::Snapshot),
    ("DBClusterSnapshotIdentifier", Kind::ClusterSnapshot),
    ("SourceDBInstanceIdentifier", Kind::Instance),
    ("SourceDBClusterIdentifier", Kind::Cluster),
    ("SourceDbiResourceId", Kind::InstanceBackups),
    ("SourceDBInstanceAutomatedBackupsArn", Kind::BackupsArn),
];

/// How people name one.
const FORMS: &[Form] = &[Form::new("NAME"), Form::new("arn:PARTITION:rds:REGION:ACCOUNT:db:NAME").giving("NAME")];

/// What the cluster decides for its members.
/// Source: RDS API reference, `CreateDBInstance`, the settings that do not apply to Aurora DB instances.
const OF_CLUSTER: &[&str] = &[
    "AllocatedStorage",
    "BackupRetentionPeriod",
    "BackupTarget",
    "CharacterSetName",
    "CopyTagsToSnapshot",
    "DBName",
    "DBSubnetGroupName",
    "DeletionProtection",
    "EnableIAMDatabaseAuthentication",
    "EngineVersion",
    "Iops",
    "KmsKeyId",
    "LicenseModel",
    "ManageMasterUserPassword",
    "MasterUserSecret",
    "MasterUsername",
    "MultiAZ",
    "NetworkType",
    "Port",
    "PreferredBackupWindow",
    "StorageEncrypted",
    "StorageThroughput",
    "StorageType",
    "VPCSecurityGroups",
];

/// What AWS gives a new one. Source: RDS API reference, `CreateDBInstance`.
const DEFAULTS: &[(&str, &str)] = &[
    ("/properties/AutoMinorVersionUpgrade", "true"),
    ("/properties/BackupRetentionPeriod", "1"),
    ("/properties/BackupTarget", r#""region""#),
    ("/properties/CopyTagsToSnapshot", "false"),
    ("/properties/DedicatedLogVolume", "false"),
    ("/properties/DeletionProtection", "false"),
    ("/properties/EnableIAMDatabaseAuthentication", "false"),
    ("/properties/EnablePerformanceInsights", "false"),
    ("/properties/EngineLifecycleSupport", r#""open-source-rds-extended-support""#),
    ("/properties/ManageMasterUserPassword", "false"),
    ("/properties/MonitoringInterval", "0"),
    ("/properties/MultiAZ", "false"),
    ("/properties/NetworkType", r#""IPV4""#),
    ("/properties/PerformanceInsightsRetentionPeriod", "7"),
    ("/properties/PromotionTier", "1"),
    ("/properties/StorageEncrypted", "false"),
    ("/properties/StorageThroughput", "0"),
];

#[async_trait]
impl Driver for DbInstance {
    fn type_name(&self) -> &'static str {
        "AWS::RDS::DBInstance"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    /// What a member of a cluster has from it, and AWS's own groups, which change with the engine's version.
    fn redundant(&self, live: &Properties) -> Vec<&'static str> {
        let of_cluster = if live.contains_key("DBClusterIdentifier") { OF_CLUSTER } else { &[] };
        let groups = spelling::of_aws(live, &["DBParameterGroupName", "OptionGroupName"]);
        of_cluster.iter().copied().chain(groups).collect()
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    /// Source: RDS API reference, `CreateDBInstance`, `DBInstanceIdentifier`.
    fn name_rule(&self) -> Option<NameRule> {
        Some(
            NameRule::lowercase("DBInstanceIdentifier", 63)
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
            "DBInstanceIdentifier",
            "DBParameterGroupName",
            "DBSubnetGroupName",
            "Engine",
            "OptionGroupName",
            "PreferredMaintenanceWindow",
        ];
        spelling::lower(properties, &lower);
        spelling::texts(properties, &["AllocatedStorage", "Port"]);
        let lists = ["AssociatedRoles", "DBSecurityGroups", "EnableCloudwatchLogsExports", "VPCSecurityGroups"];
        spelling::sort(properties, &lists);
        spelling::sort(properties, &["ProcessorFeatures"]);
    }

    fn align(&self, desired: &Properties, live: &mut Properties) {
        spelling::align_version(desired, live);
        spelling::align_key(desired, live, "KmsKeyId");
        spelling::align_key(desired, live, "PerformanceInsightsKMSKeyId");
        // Where an instance came from is forgotten once it is there, though the schema does not say so.
        if let Some(snapshot) = desired.get("DBClusterSnapshotIdentifier") {
            live.entry("DBClusterSnapshotIdentifier").or_insert_with(|| snapshot.clone());
        }
    }

    fn sources(&self) -> &'static [&'static str] {
        &[
            "DBSnapshotIdentifier",
            "DBClusterSnapshotIdentifier",
            "SourceDBInstanceIdentifier",
            "SourceDBClusterIdentifier",
            "SourceDbiResourceId",
            "SourceDBInstanceAutomatedBackupsArn",
        ]
    }

    async fn missing_source(&self, cx: &Context, properties: &Properties) -> Result<Option<Source>, AwsError> {
        sources::missing(cx, properties, SOURCES).await
    }

    /// What is in a cluster's member is in the cluster, and what is in a replica in its source.
    fn leaves_snapshot(&self, properties: &Properties) -> bool {
        !["DBClusterIdentifier", "SourceDBInstanceIdentifier"].iter().any(|name| properties.contains_key(*name))
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let ids: Vec<String> = requests.iter().map(|request| request.id.to_string()).collect();
        let instances: Vec<types::DbInstance> = database::read(cx, &ids).await?;
        concurrently(
            "RDS",
            requests.iter().map(|request| async {
                let Some(instance) = instances.iter().find(|instance| instance.id() == request.id.as_str()) else {
                    return Ok(None);
                };
                let mut live = live::instance(instance)?;
                replicated_backups::add(cx, request, instance, &mut live).await?;
                Ok(Some(live))
            }),
        )
        .await
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let properties: InstanceProperties = desired.typed()?;
        let id = ResourceId::new(desired.text("DBInstanceIdentifier").to_lowercase());
        let restored = database::once_free::<types::DbInstance, _, _>(cx, id.as_str(), || {
            instance_creation::start(cx, &properties)
        })
        .await?;
        let rest = async {
            let instance = database::await_ready(cx, id.as_str(), types::DbInstance::is_settled).await?;
            if let Some(roles) = properties.associated_roles.as_deref().filter(|roles| !roles.is_empty()) {
                roles::change_of_instance(cx, id.as_str(), &[], roles).await?;
            }
            replicated_backups::start(cx, instance.db_instance_arn().unwrap_or_default(), &properties).await?;
            if restored {
                self.complete(cx, &id, desired).await?;
            }
            existing(cx, &id).await
        };
        let live = rest.await.map_err(|error| CreateError::partial(&id, error))?;
        Ok(Created { id, outputs: live.properties })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        tags::change(cx, update.live.text("DBInstanceArn"), &update.tags).await?;
        if update.changed.is_empty() { Ok(()) } else { instance_changes::apply(cx, self, update).await }
    }

    async fn settle(&self, cx: &Context, id: &ResourceId) -> Result<(), AwsError> {
        database::await_ready(cx, id.as_str(), types::DbInstance::is_settled).await.map(drop)
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let id = deletion.id.as_str();
        let Some(instance) = types::DbInstance::describe(cx, id).await? else { return Ok(()) };
        if !instance.is_going() {
            if instance.deletion_protection().unwrap_or(false) && !is_member(&instance) {
                unprotect(cx, id).await?;
            }
            when_ready::<types::DbInstance, _, _>(cx, id, || start_deletion(cx, deletion, &instance)).await?;
        }
        database::await_gone::<types::DbInstance>(cx, id).await
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let id = desired.text("DBInstanceIdentifier").to_lowercase();
        let instance = types::DbInstance::describe(cx, &id).await?;
        let ours = |instance: &types::DbInstance| {
            !instance.is_going() && desired.ownership.owns(tags::pairs(instance.tag_list()))
        };
        Ok(instance.filter(ours).map(|instance| ResourceId::new(instance.id())))
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        let instances = types::DbInstance::describe_all(cx, None).await?;
        Ok(instances.iter().map(|instance| ResourceId::new(instance.id())).collect())
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        Ok(types::DbInstance::describe(cx, &text.to_lowercase()).await?.map(|instance| ResourceId::new(instance.id())))
    }
}

impl DbInstance {
    /// Brings a restored instance to all that is desired: restores take fewer properties than the schema has.
    async fn complete(&self, cx: &Context, id: &ResourceId, desired: &Desired) -> Result<(), AwsError> {
        let live = existing(cx, id).await?;
        let changed = missing(self, &desired.properties, &live.properties);
        let update = Update { id, live: &live, desired, changed: &changed, tags: TagChange::default() };
        self.update(cx, &update).await
    }
}

async fn existing(cx: &Context, id: &ResourceId) -> Result<Live, AwsError> {
    let instance = types::DbInstance::describe(cx, id.as_str()).await?;
    live::instance(&instance.ok_or_else(|| AwsError::missing("rds:DescribeDBInstances", id.as_str()))?)
}

fn is_member(instance: &types::DbInstance) -> bool {
    instance.db_cluster_identifier().is_some_and(|cluster| !cluster.is_empty())
}

async fn unprotect(cx: &Context, id: &str) -> Result<(), AwsError> {
    let call = || async {
        let call = cx.rds().modify_db_instance().db_instance_identifier(id).deletion_protection(false);
        call.apply_immediately(true).send().await.call("rds:ModifyDBInstance").map(drop)
    };
    when_ready::<types::DbInstance, _, _>(cx, id, call).await
}

/// Members of a cluster and read replicas take no final snapshot. Source: RDS API reference, `DeleteDBInstance`.
async fn start_deletion(cx: &Context, deletion: &Deletion<'_>, instance: &types::DbInstance) -> Result<(), AwsError> {
    let replica = instance.read_replica_source_db_instance_identifier().is_some_and(|source| !source.is_empty());
    let own = !is_member(instance) && !replica;
    let snapshot = deletion.snapshot.clone().filter(|_| own);
    let backups = deletion.properties.get("DeleteAutomatedBackups").and_then(serde_json::Value::as_bool);
    let call = cx.rds().delete_db_instance().db_instance_identifier(deletion.id.as_str());
    let call = call.set_delete_automated_backups(backups.filter(|_| own));
    let send = |snapshot: Option<String>| {
        let call = call.clone().skip_final_snapshot(snapshot.is_none()).set_final_db_snapshot_identifier(snapshot);
        async move { call.send().await.call_optional("rds:DeleteDBInstance").map(drop) }
    };
    match (send(snapshot.clone()).await, snapshot) {
        (Err(error), Some(name)) if last_snapshot::is_taken(&error) => {
            if last_snapshot::of_instance(cx, &name, instance).await? { send(None).await } else { Err(error) }
        }
        (result, _) => result,
    }
}
