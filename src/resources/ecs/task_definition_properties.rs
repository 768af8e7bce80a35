use aws_sdk_ecs::types;
use serde_json::{Value, json};

use super::container_definition::ContainerDefinition;
use super::names::name_of;
use super::shapes::KeyValuePair;
use super::task_size::canonicalize;
use super::volume::Volume;
use crate::aws::AwsError;
use crate::resources::Desired;
use crate::resources::mirror::Mirror;

/// Where a definition names roles.
pub(super) const ROLES: [&str; 2] = ["ExecutionRoleArn", "TaskRoleArn"];

mirror! {
    /// The properties of `AWS::ECS::TaskDefinition`; tags travel beside them.
    pub struct TaskDefinitionProperties: types::TaskDefinition {
        container_definitions: Vec<ContainerDefinition>,
        cpu: String,
        enable_fault_injection: bool,
        ephemeral_storage: EphemeralStorage,
        execution_role_arn: String,
        family: String,
        ipc_mode: String,
        memory: String,
        network_mode: String,
        pid_mode: String,
        placement_constraints: Vec<PlacementConstraint>,
        proxy_configuration: ProxyConfiguration,
        requires_compatibilities: Vec<String>,
        runtime_platform: RuntimePlatform,
        task_definition_arn: String,
        task_role_arn: String,
        volumes: Vec<Volume>,
    }
    pub struct EphemeralStorage: types::EphemeralStorage {
        #[serde(rename = "SizeInGiB")]
        size_in_gib: i32,
    }
    pub struct PlacementConstraint: types::TaskDefinitionPlacementConstraint {
        expression: String,
        r#type: String,
    }
    pub struct ProxyConfiguration: types::ProxyConfiguration {
        container_name: String,
        #[serde(rename = "ProxyConfigurationProperties")]
        properties: Vec<KeyValuePair>,
        r#type: String,
    }
    pub struct RuntimePlatform: types::RuntimePlatform {
        cpu_architecture: String,
        operating_system_family: String,
    }
}

impl TaskDefinitionProperties {
    /// # Errors
    /// As `Desired::typed`.
    pub fn written(desired: &Desired) -> Result<Self, AwsError> {
        let mut desired = desired.clone();
        desired.properties.remove("Tags");
        canonicalize(&mut desired.properties);
        desired.typed()
    }

    /// True if registering the one would give the other: equal apart from what ECS fills in.
    ///
    /// A revision cannot be told from another by name or token, so this is how an interrupted registration is found again.
    pub fn registers_as(&self, registered: &types::TaskDefinition) -> Result<bool, AwsError> {
        let sdk: types::TaskDefinition = self.to_sdk()?;
        Ok(essence(&sdk)? == essence(registered)?)
    }
}

/// A definition without what ECS fills in: empty lists and maps, defaults, the order of lists that are sets.
fn essence(definition: &types::TaskDefinition) -> Result<Value, AwsError> {
    let properties =
        TaskDefinitionProperties { task_definition_arn: None, ..TaskDefinitionProperties::from_sdk(definition) };
    let mut json = serde_json::to_value(properties).map_err(|error| AwsError::Invalid(error.to_string()))?;
    if let Some(properties) = json.as_object_mut() {
        canonicalize(properties);
        for role in ROLES {
            if let Some(Value::String(text)) = properties.get_mut(role) {
                *text = name_of(text).to_owned();
            }
        }
    }
    strip(&mut json);
    Ok(json)
}

/// What ECS answers with where nothing was written. Source: ECS API reference, `ContainerDefinition`, `PortMapping`,
/// `HealthCheck`, `EFSVolumeConfiguration`.
fn defaults() -> [(&'static str, Value); 14] {
    [
        ("Cpu", json!(0)),
        ("Essential", json!(true)),
        ("HostPort", json!(0)),
        ("Interval", json!(30)),
        ("NetworkMode", json!("bridge")),
        ("Privileged", json!(false)),
        ("Protocol", json!("tcp")),
        ("ReadOnly", json!(false)),
        ("ReadonlyRootFilesystem", json!(false)),
        ("Retries", json!(3)),
        ("RootDirectory", json!("/")),
        ("Timeout", json!(5)),
        ("EnableFaultInjection", json!(false)),
        ("VersionConsistency", json!("enabled")),
    ]
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            // In `awsvpc` mode ECS makes the host port the container's.
            if entries.get("HostPort").is_some_and(|port| Some(port) == entries.get("ContainerPort")) {
                entries.remove("HostPort");
            }
            entries.values_mut().for_each(strip);
            let defaults = defaults();
            entries.retain(|name, value| {
                let empty = matches!(value, Value::Null)
                    || value.as_str().is_some_and(str::is_empty)
                    || value.as_array().is_some_and(Vec::is_empty)
                    || value.as_object().is_some_and(serde_json::Map::is_empty);
                !empty && !defaults.iter().any(|(key, default)| key == name && default == value)
            });
            entries.sort_keys();
        }
        Value::Array(items) => {
            items.iter_mut().for_each(strip);
            // Lists of objects are sets in the schema; lists of texts (a command) keep their order.
            if items.iter().all(Value::is_object) {
                items.sort_by_cached_key(Value::to_string);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(json: Value) -> TaskDefinitionProperties {
        serde_json::from_value(json).unwrap()
    }

    fn registered(json: Value) -> types::TaskDefinition {
        written(json).to_sdk().unwrap()
    }

    #[test]
    fn what_ecs_fills_in_is_no_difference() {
        let desired = written(json!({
            "Family": "api", "Cpu": "0.25 vCPU", "TaskRoleArn": "api", "NetworkMode": "awsvpc",
            "ContainerDefinitions": [{
                "Name": "app", "Image": "nginx",
                "PortMappings": [{"ContainerPort": 80}],
                "Environment": [{"Name": "B", "Value": "2"}, {"Name": "A", "Value": "1"}],
                "HealthCheck": {"Command": ["CMD", "true"]},
            }],
        }));
        let answer = registered(json!({
            "Family": "api", "Cpu": "256", "TaskRoleArn": "arn:aws:iam::123456789012:role/api", "NetworkMode": "awsvpc",
            "TaskDefinitionArn": "arn:aws:ecs:us-west-2:123456789012:task-definition/api:7", "Volumes": [],
            "ContainerDefinitions": [{
                "Name": "app", "Image": "nginx", "Cpu": 0, "Essential": true, "MountPoints": [],
                "PortMappings": [{"ContainerPort": 80, "HostPort": 80, "Protocol": "tcp"}],
                "Environment": [{"Name": "A", "Value": "1"}, {"Name": "B", "Value": "2"}],
                "HealthCheck": {"Command": ["CMD", "true"], "Interval": 30, "Timeout": 5, "Retries": 3},
            }],
        }));
        assert!(desired.registers_as(&answer).unwrap());
    }

    #[test]
    fn a_definition_that_has_more_than_was_written_is_another() {
        let container = json!({"Name": "app", "Image": "nginx"});
        let desired = written(json!({"Family": "api", "ContainerDefinitions": [container]}));
        for more in [
            json!({"Name": "app", "Image": "nginx", "HealthCheck": {"Command": ["CMD", "true"]}}),
            json!({"Name": "app", "Image": "nginx", "Command": ["b", "a"]}),
            json!({"Name": "app", "Image": "nginx:2"}),
        ] {
            let other = registered(json!({"Family": "api", "ContainerDefinitions": [more]}));
            assert!(!desired.registers_as(&other).unwrap());
        }
    }
}
