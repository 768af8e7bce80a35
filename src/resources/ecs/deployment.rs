use std::time::Duration;

use aws_sdk_ecs::types::{
    self, CreatedAt, DeploymentControllerType, DeploymentRolloutState, DeploymentStrategy, SchedulingStrategy,
    ServiceDeploymentBrief, ServiceDeploymentStatus,
};

use super::failed_deployment;
use super::service_reading::describe_one;
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
#[derive(Debug, PartialEq)]
enum Outcome {
    Running,
    Done,
    Failed(String),
}

const NO_REASON: &str = "ECS gives no reason";

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
        if let Some(deployment) = self.of(&service) {
            let (running, desired) = (deployment.running_count(), deployment.desired_count());
            cx.progress(&format!("{running} of {desired} tasks running"));
        }
        match self.shown_by(&service) {
            Some(outcome) => Ok(outcome),
            None => {
                let brief = self.service_deployment(cx).await?;
                if let Some(status) = brief.as_ref().and_then(ServiceDeploymentBrief::status) {
                    cx.progress(&status.as_str().to_lowercase().replace('_', " "));
                }
                Ok(self.told_by(brief.as_ref()))
            }
        }
    }

    fn of<'a>(&self, service: &'a types::Service) -> Option<&'a types::Deployment> {
        service.deployments().iter().find(|deployment| deployment.id() == Some(&self.id))
    }

    /// The outcome as far as the service itself shows it. `None` for a deployment that is not its primary one any more (a
    /// rollback or another one took its place), and for one that is done with its tasks and not with its traffic.
    fn shown_by(&self, service: &types::Service) -> Option<Outcome> {
        let deployment = self.of(service)?;
        match deployment.rollout_state() {
            Some(DeploymentRolloutState::Failed) => {
                let reason = deployment.rollout_state_reason().unwrap_or(NO_REASON);
                Some(Outcome::Failed(format!("the deployment of {} failed: {reason}", self.name)))
            }
            Some(DeploymentRolloutState::InProgress) => Some(Outcome::Running),
            _ if deployment.status() != Some("PRIMARY") => None,
            // A count that changed without a deployment leaves the last one COMPLETED while tasks start and stop.
            _ if deployment.running_count() < deployment.desired_count() || !is_at_its_count(service) => {
                Some(Outcome::Running)
            }
            _ if shifts_traffic(service) => None,
            _ => Some(Outcome::Done),
        }
    }

    /// The outcome as the service-deployments API tells it.
    fn told_by(&self, brief: Option<&ServiceDeploymentBrief>) -> Outcome {
        let name = &self.name;
        let Some(brief) = brief else {
            return Outcome::Failed(format!("another deployment took the place of ours of {name}"));
        };
        let reason = brief.status_reason().unwrap_or(NO_REASON);
        let what = match brief.status() {
            Some(ServiceDeploymentStatus::Successful) => return Outcome::Done,
            Some(ServiceDeploymentStatus::RollbackSuccessful) => "was rolled back",
            Some(ServiceDeploymentStatus::RollbackFailed) => "failed, and so did its rollback",
            Some(ServiceDeploymentStatus::Stopped) => "was stopped",
            _ => return Outcome::Running,
        };
        Outcome::Failed(format!("the deployment of {name} {what}: {reason}"))
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

#[cfg(test)]
mod tests {
    use types::{DeploymentConfiguration, ServiceDeploymentStatus as Status};

    use super::*;

    fn ours() -> Deployment {
        let service = ResourceId::joined(&["arn:service", "arn:cluster"]);
        Deployment { id: "ecs-svc/1".into(), service, name: "api".into(), created_at: None }
    }

    fn deployment(id: &str, status: &str, state: DeploymentRolloutState, running: i32) -> types::Deployment {
        let deployment = types::Deployment::builder().id(id).status(status).rollout_state(state);
        deployment.rollout_state_reason("tasks failed to start").running_count(running).desired_count(2).build()
    }

    fn service(deployments: Vec<types::Deployment>) -> types::Service {
        let running = deployments.iter().map(types::Deployment::running_count).sum();
        let service = types::Service::builder().desired_count(2).running_count(running);
        service.set_deployments(Some(deployments)).build()
    }

    fn brief(status: Status) -> ServiceDeploymentBrief {
        ServiceDeploymentBrief::builder().status(status).status_reason("circuit breaker").build()
    }

    #[test]
    fn our_own_deployment_decides_and_not_another() {
        let other = deployment("ecs-svc/0", "ACTIVE", DeploymentRolloutState::Failed, 0);
        let shown = |state, running| {
            ours().shown_by(&service(vec![deployment("ecs-svc/1", "PRIMARY", state, running), other.clone()]))
        };
        assert_eq!(shown(DeploymentRolloutState::InProgress, 1), Some(Outcome::Running));
        assert_eq!(shown(DeploymentRolloutState::Completed, 2), Some(Outcome::Done));
        assert!(matches!(shown(DeploymentRolloutState::Failed, 0),
            Some(Outcome::Failed(why)) if why.contains("tasks failed to start")));
    }

    #[test]
    fn a_completed_deployment_whose_count_grew_is_still_running() {
        let grown = service(vec![deployment("ecs-svc/1", "PRIMARY", DeploymentRolloutState::Completed, 1)]);
        assert_eq!(ours().shown_by(&grown), Some(Outcome::Running));
    }

    #[test]
    fn a_rollback_that_took_our_place_is_no_success() {
        let rollback = service(vec![deployment("ecs-svc/2", "PRIMARY", DeploymentRolloutState::Completed, 2)]);
        assert_eq!(ours().shown_by(&rollback), None);
        assert_eq!(ours().told_by(Some(&brief(Status::RollbackInProgress))), Outcome::Running);
        assert_eq!(
            ours().told_by(Some(&brief(Status::RollbackSuccessful))),
            Outcome::Failed("the deployment of api was rolled back: circuit breaker".into())
        );
        assert!(matches!(ours().told_by(None), Outcome::Failed(_)));
    }

    #[test]
    fn a_blue_green_deployment_is_done_when_its_traffic_is() {
        let mut shifting = service(vec![deployment("ecs-svc/1", "PRIMARY", DeploymentRolloutState::Completed, 2)]);
        let strategy = DeploymentConfiguration::builder().strategy(DeploymentStrategy::BlueGreen).build();
        shifting.deployment_configuration = Some(strategy);
        assert_eq!(ours().shown_by(&shifting), None);
        assert_eq!(ours().told_by(Some(&brief(Status::InProgress))), Outcome::Running);
        assert_eq!(ours().told_by(Some(&brief(Status::Successful))), Outcome::Done);
    }

    #[test]
    fn controllers_of_others_are_not_waited_for() {
        let controller = types::DeploymentController::builder().r#type(DeploymentControllerType::CodeDeploy).build();
        let primary = deployment("ecs-svc/1", "PRIMARY", DeploymentRolloutState::InProgress, 0);
        let mut external = service(vec![primary]);
        external.deployment_controller = controller.ok();
        assert!(Deployment::started(&ours().service, &external).is_none());
    }
}
