//! Why a deployment failed, in the words of ECS: what its stopped tasks say, and the service's last events.

use aws_sdk_ecs::types::{Container, DesiredStatus, Task};

use super::service_reading::describe_one;
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::ResourceId;

/// ECS keeps stopped tasks for about an hour; a failing service has many of them, all for the same few reasons.
const TASKS: i32 = 20;
const EVENTS: usize = 5;

/// The failure with its reasons. What cannot be read any more is left out: it must not hide the failure.
pub async fn error(cx: &Context, service: &ResourceId, deployment: &str, what: String) -> AwsError {
    let mut reasons = stopped_tasks(cx, service, deployment).await.unwrap_or_default();
    reasons.extend(events(cx, service).await.unwrap_or_default());
    AwsError::Failed { what, reasons }
}

async fn stopped_tasks(cx: &Context, service: &ResourceId, deployment: &str) -> Result<Vec<String>, AwsError> {
    let name = service.part(0).rsplit('/').next().unwrap_or_default();
    let call = cx.ecs().list_tasks().cluster(service.part(1)).service_name(name).max_results(TASKS);
    let found = call.desired_status(DesiredStatus::Stopped).send().await.call("ecs:ListTasks")?;
    if found.task_arns().is_empty() {
        return Ok(Vec::new());
    }
    let call = cx.ecs().describe_tasks().cluster(service.part(1)).set_tasks(found.task_arns);
    let output = call.send().await.call("ecs:DescribeTasks")?;
    let ours = output.tasks().iter().filter(|task| task.started_by() == Some(deployment));
    let mut reasons: Vec<String> = ours.flat_map(reasons_of).collect();
    reasons.sort();
    reasons.dedup();
    Ok(reasons)
}

/// Why the task stopped, then each of its containers that has something to say.
fn reasons_of(task: &Task) -> Vec<String> {
    let stopped = task.stopped_reason().map(|reason| format!("task stopped: {reason}"));
    stopped.into_iter().chain(task.containers().iter().filter_map(reason_of)).collect()
}

fn reason_of(container: &Container) -> Option<String> {
    let name = container.name().unwrap_or_default();
    match (container.exit_code(), container.reason()) {
        (Some(code), Some(reason)) => Some(format!("container {name}: exit code {code}: {reason}")),
        (Some(code), None) if code != 0 => Some(format!("container {name}: exit code {code}")),
        (None, Some(reason)) => Some(format!("container {name}: {reason}")),
        _ => None,
    }
}

async fn events(cx: &Context, service: &ResourceId) -> Result<Vec<String>, AwsError> {
    let Some(service) = describe_one(cx, service).await? else { return Ok(Vec::new()) };
    Ok(service.events().iter().take(EVENTS).filter_map(|event| event.message().map(str::to_owned)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_and_its_containers_say_why_they_stopped() {
        let failed = Container::builder().name("api").exit_code(137).reason("OutOfMemoryError").build();
        let silent = Container::builder().name("proxy").exit_code(0).build();
        let never = Container::builder().name("log").reason("CannotPullContainerError: not found").build();
        let task = Task::builder().stopped_reason("Essential container in task exited");
        let task = task.containers(failed).containers(silent).containers(never).build();
        assert_eq!(
            reasons_of(&task),
            [
                "task stopped: Essential container in task exited",
                "container api: exit code 137: OutOfMemoryError",
                "container log: CannotPullContainerError: not found",
            ]
        );
    }
}
