use aws_sdk_ecs::operation::create_service::builders::CreateServiceFluentBuilder;
use aws_sdk_ecs::operation::update_service::builders::UpdateServiceFluentBuilder;
use aws_sdk_ecs::types;
use serde_json::{Value, json};

use super::service_connect::{
    GatewayConnector, MonitoringConfiguration, ServiceConnectConfiguration, VolumeConfiguration,
};
use super::service_shapes::{
    CircuitBreaker, DeploymentAlarms, DeploymentConfiguration, DeploymentController, LoadBalancer,
    NetworkConfiguration, PlacementConstraint, PlacementStrategy, ServiceRegistry, VpcLatticeConfiguration,
};
use super::shapes::{CapacityProviderStrategyItem, Tag};
use crate::aws::AwsError;
use crate::resources::Update;
use crate::resources::mirror::{Mirror, sdk};

properties! {
    /// The properties of `AWS::ECS::Service`.
    pub struct ServiceProperties {
        availability_zone_rebalancing: String,
        capacity_provider_strategy: Vec<CapacityProviderStrategyItem>,
        cluster: String,
        deployment_configuration: DeploymentConfiguration,
        deployment_controller: DeploymentController,
        desired_count: i32,
        #[serde(rename = "EnableECSManagedTags")]
        enable_ecs_managed_tags: bool,
        enable_execute_command: bool,
        force_new_deployment: ForceNewDeployment,
        gateway_connectors: Vec<GatewayConnector>,
        health_check_grace_period_seconds: i32,
        launch_type: String,
        load_balancers: Vec<LoadBalancer>,
        monitoring: MonitoringConfiguration,
        name: String,
        network_configuration: NetworkConfiguration,
        placement_constraints: Vec<PlacementConstraint>,
        placement_strategies: Vec<PlacementStrategy>,
        platform_version: String,
        propagate_tags: String,
        role: String,
        scheduling_strategy: String,
        service_arn: String,
        service_connect_configuration: ServiceConnectConfiguration,
        service_name: String,
        service_registries: Vec<ServiceRegistry>,
        tags: Vec<Tag>,
        task_definition: String,
        volume_configurations: Vec<VolumeConfiguration>,
        vpc_lattice_configurations: Vec<VpcLatticeConfiguration>,
    }

    /// A word to the update, which ECS does not keep.
    pub struct ForceNewDeployment {
        enable_force_new_deployment: bool,
        force_new_deployment_nonce: String,
    }
}

impl ServiceProperties {
    /// As `DescribeServices` answers; what only a deployment has comes from the primary one.
    pub fn from_sdk(service: &types::Service) -> Self {
        let primary = service.deployments().iter().find(|deployment| deployment.status() == Some("PRIMARY"));
        let ecs = || DeploymentController { r#type: Some("ECS".to_owned()) };
        let found = reflect!(
            ServiceProperties,
            service,
            availability_zone_rebalancing,
            capacity_provider_strategy,
            deployment_configuration,
            deployment_controller,
            desired_count,
            enable_ecs_managed_tags,
            enable_execute_command,
            health_check_grace_period_seconds,
            launch_type,
            load_balancers,
            network_configuration,
            placement_constraints,
            platform_version,
            propagate_tags,
            scheduling_strategy,
            service_arn,
            service_name,
            service_registries,
            tags,
            task_definition,
        );
        Self {
            cluster: service.cluster_arn.clone(),
            // ECS leaves its own controller, the default, out.
            deployment_controller: found.deployment_controller.or_else(|| Some(ecs())),
            name: service.service_name.clone(),
            placement_strategies: service.placement_strategy.as_ref().map(Mirror::from_sdk),
            propagate_tags: found.propagate_tags.filter(|from| from != "NONE"),
            role: service.role_arn.clone(),
            vpc_lattice_configurations: primary
                .and_then(|deployment| deployment.vpc_lattice_configurations.as_ref())
                .map(Mirror::from_sdk),
            ..found
        }
    }

    /// Every written property on the call; tags and token are the caller's.
    ///
    /// # Errors
    /// As `Mirror::to_sdk`.
    pub fn fill_create(&self, call: CreateServiceFluentBuilder) -> Result<CreateServiceFluentBuilder, AwsError> {
        let is_daemon = self.scheduling_strategy.as_deref() == Some("DAEMON");
        let call = assign!(
            call,
            self,
            availability_zone_rebalancing,
            capacity_provider_strategy,
            cluster,
            deployment_configuration,
            deployment_controller,
            enable_ecs_managed_tags,
            enable_execute_command,
            gateway_connectors,
            health_check_grace_period_seconds,
            launch_type,
            load_balancers,
            monitoring,
            network_configuration,
            placement_constraints,
            platform_version,
            propagate_tags,
            role,
            scheduling_strategy,
            service_connect_configuration,
            service_name,
            service_registries,
            task_definition,
            volume_configurations,
            vpc_lattice_configurations,
        );
        let call = call.set_placement_strategy(sdk(&self.placement_strategies)?);
        // ECS wants a count for every service that is no daemon; the schema's documentation gives 1.
        Ok(call.set_desired_count(self.desired_count.or((!is_daemon).then_some(1))))
    }

    /// Only what changed, so that what others changed (an autoscaled count) stays; what was removed from the file goes
    /// back to what a new service has. A count, a network and a task definition have no such default and stay.
    ///
    /// # Errors
    /// As `Mirror::to_sdk`.
    pub fn fill_update(
        call: UpdateServiceFluentBuilder,
        update: &Update<'_>,
    ) -> Result<UpdateServiceFluentBuilder, AwsError> {
        let changed: Self = update.changed_typed(default_of)?;
        let call = assign!(
            call,
            changed,
            availability_zone_rebalancing,
            deployment_controller,
            desired_count,
            enable_ecs_managed_tags,
            enable_execute_command,
            gateway_connectors,
            health_check_grace_period_seconds,
            load_balancers,
            monitoring,
            network_configuration,
            placement_constraints,
            platform_version,
            propagate_tags,
            service_connect_configuration,
            service_registries,
            task_definition,
            volume_configurations,
            vpc_lattice_configurations,
        );
        let deployment = changed.deployment_configuration.as_ref();
        let deployment = deployment.map(|wanted| with_parts_off(wanted, update)).transpose()?;
        Ok(call
            .set_capacity_provider_strategy(changed.strategy(update)?)
            .set_deployment_configuration(deployment)
            .set_force_new_deployment(changed.force_new_deployment.and_then(|force| force.enable_force_new_deployment))
            .set_placement_strategy(sdk(&changed.placement_strategies)?))
    }

    /// An empty strategy takes a service back to its launch type, which cannot change in any other way.
    /// Source: ECS API reference, `UpdateService`, `capacityProviderStrategy`.
    fn strategy(&self, update: &Update<'_>) -> Result<Option<Vec<types::CapacityProviderStrategyItem>>, AwsError> {
        let live = update.live.text("LaunchType");
        match &self.launch_type {
            Some(_) if self.capacity_provider_strategy.is_none() && live.is_empty() => Ok(Some(Vec::new())),
            _ => sdk(&self.capacity_provider_strategy),
        }
    }
}

/// What a new service has. Source: ECS API reference, `CreateService`.
fn default_of(property: &str) -> Option<Value> {
    Some(match property {
        "CapacityProviderStrategy"
        | "GatewayConnectors"
        | "LoadBalancers"
        | "PlacementConstraints"
        | "PlacementStrategies"
        | "ServiceRegistries"
        | "VolumeConfigurations"
        | "VpcLatticeConfigurations" => json!([]),
        "DeploymentConfiguration" => json!({"MaximumPercent": 200, "MinimumHealthyPercent": 100}),
        "EnableECSManagedTags" | "EnableExecuteCommand" => json!(false),
        "HealthCheckGracePeriodSeconds" => json!(0),
        "Monitoring" => json!({"MetricConfigurations": []}),
        "PlatformVersion" => json!("LATEST"),
        "PropagateTags" => json!("NONE"),
        "ServiceConnectConfiguration" => json!({"Enabled": false}),
        _ => return None,
    })
}

/// ECS keeps the parts of a deployment configuration that a call leaves out, so that those which are on and no longer
/// written are turned off.
fn with_parts_off(
    wanted: &DeploymentConfiguration,
    update: &Update<'_>,
) -> Result<types::DeploymentConfiguration, AwsError> {
    let live: ServiceProperties = update.live_typed()?;
    let live = live.deployment_configuration.unwrap_or_default();
    let mut wanted = wanted.clone();
    if live.alarms.is_some() && wanted.alarms.is_none() {
        wanted.alarms =
            Some(DeploymentAlarms { alarm_names: Some(Vec::new()), enable: Some(false), rollback: Some(false) });
    }
    if live.deployment_circuit_breaker.is_some() && wanted.deployment_circuit_breaker.is_none() {
        let off = CircuitBreaker { enable: Some(false), rollback: Some(false), ..CircuitBreaker::default() };
        wanted.deployment_circuit_breaker = Some(off);
    }
    wanted.to_sdk()
}
