use std::time::Duration;

use aws_sdk_ecs::types::{
    self, CreatedAt, DeploymentControllerType, DeploymentRolloutState, DeploymentStrategy, SchedulingStrategy,
    ServiceDeploymentBrief, ServiceDeploymentStatus,
};

use super::failed_deployment;
use super::service::describe_one;
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::ResourceId;

/// One deployment of a service, the one that our own call started: its outcome is awaited, and nobody else's.
pub struct Deployment {
    /// `ecs-svc/1234567890123456789`.
    id: String,
    service: ResourceId,
    name: String,
    created_at: Option<aws_smithy_types::DateTime>,
}

/// How a deployment stands.
enum Outcome {
    Running,
    Done,
    Failed(String),
}

/// A rolling deployment with health checks and a circuit breaker takes minutes a batch.
const SETTLED_AFTER: Duration = Duration::from_secs(30 * 60);

impl Deployment {
    /// The deployment in the answer of `CreateService` or `UpdateService`. `None` where ECS runs none itself: the
    /// `EXTERNAL` and `CODE_DEPLOY` controllers deploy through task sets that others make.
    pub fn started(id: &ResourceId, service: &types::Service) -> Option<Self> {
        let controller = service.deployment_controller().map(types::DeploymentController::r#type);
        if controller.is_some_and(|controller| *controller != DeploymentControllerType::Ecs) {
            return None;
        }
        let primary = service.deployments().iter().find(|deployment| deployment.status() == Some("PRIMARY"))?;
        Some(Self {
            id: primary.id()?.to_owned(),
            service: id.clone(),
            name: service.service_name().unwrap_or_default().to_owned(),
            created_at: primary.created_at,
        })
    }

    /// Waits until the deployment has succeeded.
    ///
    /// # Errors
    /// `AwsError::Failed` where it failed, was rolled back, stopped or replaced by another, or is not done in time, with
    /// what ECS tells of its tasks.
    pub async fn settle(&self, cx: &Context) -> Result<(), AwsError> {
        let what = format!("the deployment of {}", self.name);
        let waited = cx.wait(&what, SETTLED_AFTER).quiet().until(|| async {
            match self.outcome(cx).await? {
                Outcome::Done => Ok(Some(())),
                Outcome::Running => Ok(None),
                Outcome::Failed(why) => Err(failed_deployment::error(cx, &self.service, &self.id, why).await),
            }
        });
        match waited.await {
            Err(error @ AwsError::Timeout { .. }) => {
                Err(failed_deployment::error(cx, &self.service, &self.id, error.to_string()).await)
            }
            result => result,
        }
    }

    async fn outcome(&self, cx: &Context) -> Result<Outcome, AwsError> {
        let Some(service) = describe_one(cx, &self.service).await? else {
            return Ok(Outcome::Failed(format!("the service {} was deleted", self.name)));
        };
        let found = service.deployments().iter().find(|deployment| deployment.id() == Some(&self.id));
        let Some(deployment) = found else { return self.outcome_of_a_past_one(cx).await };
        let (running, desired) = (deployment.running_count(), deployment.desired_count());
        cx.progress(&format!("{running} of {desired} tasks running"));
        match deployment.rollout_state() {
            Some(DeploymentRolloutState::Failed) => {
                let reason = deployment.rollout_state_reason().unwrap_or("ECS gives no reason");
                Ok(Outcome::Failed(format!("the deployment of {} failed: {reason}", self.name)))
            }
            Some(DeploymentRolloutState::InProgress) => Ok(Outcome::Running),
            // Another deployment that the circuit breaker rolls back to takes the primary place first.
            _ if deployment.status() != Some("PRIMARY") => self.outcome_of_a_past_one(cx).await,
            // A count that changed without a deployment leaves the last one COMPLETED while tasks start and stop.
            _ if running < desired || !is_at_its_count(&service) => Ok(Outcome::Running),
            _ if shifts_traffic(&service) => self.outcome_of_a_past_one(cx).await,
            _ => Ok(Outcome::Done),
        }
    }

    /// What the service-deployments API says of a deployment that the service no longer shows as its primary one, or
    /// that is done with its tasks but not with its traffic.
    async fn outcome_of_a_past_one(&self, cx: &Context) -> Result<Outcome, AwsError> {
        let Some(brief) = self.service_deployment(cx).await? else {
            return Ok(Outcome::Failed(format!("another deployment took the place of ours of {}", self.name)));
        };
        let reason = brief.status_reason().unwrap_or("ECS gives no reason");
        Ok(match brief.status() {
            Some(ServiceDeploymentStatus::Successful) => Outcome::Done,
            Some(
                ServiceDeploymentStatus::Pending
                | ServiceDeploymentStatus::InProgress
                | ServiceDeploymentStatus::RollbackRequested
                | ServiceDeploymentStatus::RollbackInProgress
                | ServiceDeploymentStatus::StopRequested,
            ) => {
                cx.progress(&brief.status().map_or("", |status| status.as_str()).to_lowercase().replace('_', " "));
                Outcome::Running
            }
            Some(ServiceDeploymentStatus::RollbackSuccessful) => {
                Outcome::Failed(format!("the deployment of {} was rolled back: {reason}", self.name))
            }
            Some(ServiceDeploymentStatus::RollbackFailed) => {
                Outcome::Failed(format!("the deployment of {} failed, and so did its rollback: {reason}", self.name))
            }
            Some(ServiceDeploymentStatus::Stopped) => {
                Outcome::Failed(format!("the deployment of {} was stopped: {reason}", self.name))
            }
            _ => Outcome::Failed(format!("the deployment of {} is in an unknown state: {reason}", self.name)),
        })
    }

    /// The service deployment that began with this one. The two APIs share no identifier, so it is the first that was
    /// created when ours was; a rollback belongs to the service deployment that it undoes.
    async fn service_deployment(&self, cx: &Context) -> Result<Option<ServiceDeploymentBrief>, AwsError> {
        let Some(created_at) = self.created_at else { return Ok(None) };
        let since = aws_smithy_types::DateTime::from_secs(created_at.secs() - 5);
        let call = cx.ecs().list_service_deployments().service(self.service.part(0)).cluster(self.service.part(1));
        let call = call.created_at(CreatedAt::builder().after(since).build());
        let output = call.send().await.call_optional("ecs:ListServiceDeployments")?;
        let deployments = output.map(|output| output.service_deployments.unwrap_or_default()).unwrap_or_default();
        Ok(deployments.into_iter().min_by_key(|brief| brief.created_at.map(|at| at.secs())))
    }
}

/// Daemons have as many tasks as there are instances, and no count of their own.
fn is_at_its_count(service: &types::Service) -> bool {
    let is_daemon = service.scheduling_strategy() == Some(&SchedulingStrategy::Daemon);
    is_daemon || service.running_count() >= service.desired_count()
}

/// Blue/green, linear and canary deployments are done when the traffic is, well after their tasks run.
fn shifts_traffic(service: &types::Service) -> bool {
    let strategy = service.deployment_configuration().and_then(types::DeploymentConfiguration::strategy);
    strategy.is_some_and(|strategy| *strategy != DeploymentStrategy::Rolling)
}
