//! What clusters and instances have in common: statuses, batched reads, waits.

use std::time::Duration;

use aws_sdk_rds::types::{self, DbCluster, DbInstance, Filter, SourceType};
use tokio::time::Instant;

use crate::aws::{AwsError, CallResult, Context, ErrorKind};

/// Restores and storage changes can take most of an hour.
const READY_WITHIN: Duration = Duration::from_secs(60 * 60);
const ASK_EVERY: Duration = Duration::from_secs(15);

/// How long an object that was made a moment ago may be unknown.
const SEEN_WITHIN: Duration = Duration::from_secs(60);

/// How far back events explain a failure, in minutes, and how many of them are told.
const EVENTS_SINCE: i32 = 120;
const EVENTS_TOLD: usize = 5;

/// Ids a call: as many as a page holds. Source: RDS API reference, `DescribeDBClusters`, `MaxRecords`.
const IDS_A_CALL: usize = 100;

/// A cluster or an instance.
pub trait Database: Sized + Send + Sync {
    const SOURCE: SourceType;

    fn describe(cx: &Context, id: &str) -> impl Future<Output = Result<Option<Self>, AwsError>> + Send;

    /// All, or those with these ids; one that is gone is absent.
    fn describe_all(cx: &Context, ids: Option<&[String]>) -> impl Future<Output = Result<Vec<Self>, AwsError>> + Send;

    fn id(&self) -> &str;

    fn status(&self) -> &str;

    /// True for one that nothing keeps from going: whoever looks for something to use finds nothing.
    fn is_going(&self) -> bool {
        self.status() == "deleting"
    }

    /// False while accepted changes are still to come, or the secret of the managed password is being made.
    fn is_settled(&self) -> bool;

    /// What RDS itself says about its status.
    fn infos(&self) -> Vec<String>;
}

impl Database for DbCluster {
    const SOURCE: SourceType = SourceType::DbCluster;

    async fn describe(cx: &Context, id: &str) -> Result<Option<Self>, AwsError> {
        let output = cx.rds().describe_db_clusters().db_cluster_identifier(id).send().await;
        let output = output.call_optional("rds:DescribeDBClusters")?;
        Ok(output.and_then(|output| output.db_clusters?.into_iter().next()))
    }

    async fn describe_all(cx: &Context, ids: Option<&[String]>) -> Result<Vec<Self>, AwsError> {
        let call = cx.rds().describe_db_clusters().set_filters(filter("db-cluster-id", ids));
        let mut pages = call.into_paginator().items().send();
        let mut clusters = Vec::new();
        while let Some(cluster) = pages.next().await {
            clusters.push(cluster.call("rds:DescribeDBClusters")?);
        }
        Ok(clusters)
    }

    fn id(&self) -> &str {
        self.db_cluster_identifier().unwrap_or_default()
    }

    fn status(&self) -> &str {
        self.status.as_deref().unwrap_or_default()
    }

    fn is_settled(&self) -> bool {
        let nothing = types::ClusterPendingModifiedValues::builder().build();
        self.pending_modified_values().is_none_or(|pending| *pending == nothing)
            && has_secret(self.master_user_secret())
    }

    fn infos(&self) -> Vec<String> {
        self.status_infos().iter().filter_map(|info| info.message().map(str::to_owned)).collect()
    }
}

impl Database for DbInstance {
    const SOURCE: SourceType = SourceType::DbInstance;

    async fn describe(cx: &Context, id: &str) -> Result<Option<Self>, AwsError> {
        let output = cx.rds().describe_db_instances().db_instance_identifier(id).send().await;
        let output = output.call_optional("rds:DescribeDBInstances")?;
        Ok(output.and_then(|output| output.db_instances?.into_iter().next()))
    }

    async fn describe_all(cx: &Context, ids: Option<&[String]>) -> Result<Vec<Self>, AwsError> {
        let call = cx.rds().describe_db_instances().set_filters(filter("db-instance-id", ids));
        let mut pages = call.into_paginator().items().send();
        let mut instances = Vec::new();
        while let Some(instance) = pages.next().await {
            instances.push(instance.call("rds:DescribeDBInstances")?);
        }
        Ok(instances)
    }

    fn id(&self) -> &str {
        self.db_instance_identifier().unwrap_or_default()
    }

    fn status(&self) -> &str {
        self.db_instance_status().unwrap_or_default()
    }

    fn is_settled(&self) -> bool {
        let nothing = types::PendingModifiedValues::builder().build();
        self.pending_modified_values().is_none_or(|pending| *pending == nothing)
            && has_secret(self.master_user_secret())
    }

    fn infos(&self) -> Vec<String> {
        self.status_infos().iter().filter_map(|info| info.message().map(str::to_owned)).collect()
    }
}

fn filter(name: &str, ids: Option<&[String]>) -> Option<Vec<Filter>> {
    ids.map(|ids| vec![Filter::builder().name(name).set_values(Some(ids.to_vec())).build()])
}

fn has_secret(secret: Option<&types::MasterUserSecret>) -> bool {
    secret.and_then(|secret| secret.secret_status()) != Some("creating")
}

/// What a status means for whoever waits. Source: RDS user guide, "Viewing DB instance status"; Aurora user guide,
/// "Viewing DB cluster status".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Ready,
    Working,
    Broken,
}

fn phase(status: &str) -> Phase {
    let broken = ["failed", "restore-error", "insufficient-capacity", "stopped", "stopping"].contains(&status)
        || ["incompatible-", "inaccessible-"].iter().any(|prefix| status.starts_with(prefix))
        || status.ends_with("-failed");
    match status {
        _ if broken => Phase::Broken,
        // Storage moves in the background for hours; the database works.
        "available" | "storage-optimization" | "storage-config-upgrade" | "storage-initialization" => Phase::Ready,
        _ => Phase::Working,
    }
}

/// The objects with these ids that are there to stay, in no order; one call for up to 100, one for one.
pub async fn read<D: Database>(cx: &Context, ids: &[String]) -> Result<Vec<D>, AwsError> {
    let mut found = Vec::new();
    match ids {
        [id] => found.extend(D::describe(cx, id).await?),
        ids => {
            for chunk in ids.chunks(IDS_A_CALL) {
                found.extend(D::describe_all(cx, Some(chunk)).await?);
            }
        }
    }
    found.retain(|database| !database.is_going());
    Ok(found)
}

/// Waits until the object can be used and `done` holds.
///
/// # Errors
/// `AwsError::Failed` with RDS's reasons, as soon as the status is one that nothing leads out of.
pub async fn await_ready<D: Database>(cx: &Context, id: &str, done: impl Fn(&D) -> bool + Sync) -> Result<D, AwsError> {
    let (what, start, done) = (format!("{id} to be available"), Instant::now(), &done);
    let ask = || async move {
        let Some(database) = D::describe(cx, id).await? else {
            return if start.elapsed() < SEEN_WITHIN { Ok(None) } else { Err(failed(format!("{id} is gone"), vec![])) };
        };
        cx.progress(database.status());
        match phase(database.status()) {
            Phase::Broken => Err(failed(format!("{id} is {}", database.status()), reasons(cx, &database).await)),
            Phase::Ready if done(&database) => Ok(Some(database)),
            Phase::Ready | Phase::Working => Ok(None),
        }
    };
    cx.wait(&what, READY_WITHIN).at_most_every(ASK_EVERY).quiet().until(ask).await
}

/// Makes an object, once its name is free: of a database that is being deleted, another may have the name only when it is
/// gone.
///
/// # Errors
/// The call's own, or that of the wait.
pub async fn once_free<D: Database, T, F>(cx: &Context, id: &str, make: impl Fn() -> F) -> Result<T, AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
{
    match make().await {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            if !D::describe(cx, id).await?.is_some_and(|database| database.is_going()) {
                return Err(error);
            }
            await_gone::<D>(cx, id).await?;
            make().await
        }
        result => result,
    }
}

/// Waits until the object is gone.
pub async fn await_gone<D: Database>(cx: &Context, id: &str) -> Result<(), AwsError> {
    let ask = || async {
        let database = D::describe(cx, id).await?;
        cx.progress(database.as_ref().map_or("gone", D::status));
        Ok(database.is_none().then_some(()))
    };
    cx.wait(&format!("{id} to be gone"), READY_WITHIN).at_most_every(ASK_EVERY).quiet().until(ask).await
}

fn failed(what: String, reasons: Vec<String>) -> AwsError {
    AwsError::Failed { what, reasons }
}

/// The status's own messages and the latest events. They only explain: that they cannot be read hides no failure.
async fn reasons<D: Database>(cx: &Context, database: &D) -> Vec<String> {
    let call =
        cx.rds().describe_events().source_identifier(database.id()).source_type(D::SOURCE).duration(EVENTS_SINCE);
    let events = call.send().await.call("rds:DescribeEvents").ok().and_then(|output| output.events).unwrap_or_default();
    let latest = events.into_iter().rev().filter_map(|event| event.message).take(EVENTS_TOLD);
    database.infos().into_iter().chain(latest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_ready_working_or_broken() {
        for (status, expected) in [
            ("available", Phase::Ready),
            ("storage-optimization", Phase::Ready),
            ("creating", Phase::Working),
            ("storage-full", Phase::Working),
            ("backing-up", Phase::Working),
            ("incompatible-network", Phase::Broken),
            ("inaccessible-encryption-credentials-recoverable", Phase::Broken),
            ("failed", Phase::Broken),
            ("migration-failed", Phase::Broken),
            ("stopped", Phase::Broken),
        ] {
            assert_eq!(phase(status), expected, "{status}");
        }
    }

    #[test]
    fn only_one_that_is_being_deleted_is_going() {
        let instance = |status: &str| DbInstance::builder().db_instance_status(status).build();
        assert!(instance("deleting").is_going());
        assert!(
            !["available", "creating", "delete-precheck", "failed"].iter().any(|status| instance(status).is_going())
        );
    }

    #[test]
    fn pending_values_and_a_secret_in_the_making_are_not_settled() {
        let instance = || DbInstance::builder().db_instance_status("available");
        assert!(instance().build().is_settled());
        let pending = types::PendingModifiedValues::builder().db_instance_class("db.t4g.large").build();
        assert!(!instance().pending_modified_values(pending).build().is_settled());
        let secret = types::MasterUserSecret::builder().secret_status("creating").build();
        assert!(!instance().master_user_secret(secret).build().is_settled());
    }
}
