//! The nested shapes of a service that ECS gives back.

use aws_sdk_ecs::types;

use super::json_document::JsonDocument;

mirror! {
    pub struct DeploymentConfiguration: types::DeploymentConfiguration {
        alarms: DeploymentAlarms,
        bake_time_in_minutes: i32,
        canary_configuration: CanaryConfiguration,
        deployment_circuit_breaker: CircuitBreaker,
        early_success_criteria: EarlySuccessCriteria,
        lifecycle_hooks: Vec<LifecycleHook>,
        linear_configuration: LinearConfiguration,
        maximum_percent: i32,
        minimum_healthy_percent: i32,
        strategy: String,
    }
    pub struct DeploymentAlarms: types::DeploymentAlarms {
        alarm_names: Vec<String>,
        enable: bool,
        rollback: bool,
    }
    pub struct CanaryConfiguration: types::CanaryConfiguration {
        canary_bake_time_in_minutes: i32,
        canary_percent: f64,
    }
    pub struct CircuitBreaker: types::DeploymentCircuitBreaker {
        enable: bool,
        reset_on_healthy_task: bool,
        rollback: bool,
        threshold_configuration: ThresholdConfiguration,
    }
    pub struct ThresholdConfiguration: types::ThresholdConfiguration {
        r#type: String,
        value: i32,
    }
    pub struct EarlySuccessCriteria: types::DeploymentEarlySuccessCriteria {
        enable: bool,
        healthy_percent: i32,
        source_service_revision_cleanup: String,
    }
    pub struct LifecycleHook: types::DeploymentLifecycleHook {
        hook_details: JsonDocument,
        hook_target_arn: String,
        lifecycle_stages: Vec<String>,
        role_arn: String,
        target_type: String,
        timeout_configuration: HookTimeout,
    }
    pub struct HookTimeout: types::DeploymentLifecycleHookTimeoutConfiguration {
        action: String,
        timeout_in_minutes: i32,
    }
    pub struct LinearConfiguration: types::LinearConfiguration {
        step_bake_time_in_minutes: i32,
        step_percent: f64,
    }
    pub struct DeploymentController: types::DeploymentController {
        r#type: String,
    }
    pub struct LoadBalancer: types::LoadBalancer {
        advanced_configuration: AdvancedConfiguration,
        container_name: String,
        container_port: i32,
        load_balancer_name: String,
        target_group_arn: String,
    }
    pub struct AdvancedConfiguration: types::AdvancedConfiguration {
        alternate_target_group_arn: String,
        production_listener_rule: String,
        role_arn: String,
        test_listener_rule: String,
    }
    pub struct NetworkConfiguration: types::NetworkConfiguration {
        awsvpc_configuration: AwsVpcConfiguration,
    }
    pub struct AwsVpcConfiguration: types::AwsVpcConfiguration {
        assign_public_ip: String,
        security_groups: Vec<String>,
        subnets: Vec<String>,
    }
    pub struct PlacementConstraint: types::PlacementConstraint {
        expression: String,
        r#type: String,
    }
    pub struct PlacementStrategy: types::PlacementStrategy {
        field: String,
        r#type: String,
    }
    pub struct ServiceRegistry: types::ServiceRegistry {
        container_name: String,
        container_port: i32,
        port: i32,
        registry_arn: String,
    }
    pub struct VpcLatticeConfiguration: types::VpcLatticeConfiguration {
        advanced_configuration: VpcLatticeAdvancedConfiguration,
        port_name: String,
        role_arn: String,
        target_group_arn: String,
    }
    pub struct VpcLatticeAdvancedConfiguration: types::VpcLatticeAdvancedConfiguration {
        alternate_target_group_arn: String,
        production_listener_rule: String,
        test_listener_rule: String,
    }
}
