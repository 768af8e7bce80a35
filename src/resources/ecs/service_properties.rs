use aws_sdk_ecs::operation::create_service::builders::CreateServiceFluentBuilder;
use aws_sdk_ecs::operation::update_service::builders::UpdateServiceFluentBuilder;
use aws_sdk_ecs::types;

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
        let text = |text: Option<&str>| text.map(str::to_owned);
        Self {
            availability_zone_rebalancing: service.availability_zone_rebalancing.as_ref().map(Mirror::from_sdk),
            capacity_provider_strategy: service.capacity_provider_strategy.as_ref().map(Mirror::from_sdk),
            cluster: service.cluster_arn.clone(),
            deployment_configuration: service.deployment_configuration.as_ref().map(Mirror::from_sdk),
            // ECS leaves its own controller, the default, out.
            deployment_controller: Some(
                service
                    .deployment_controller
                    .as_ref()
                    .map_or_else(|| DeploymentController { r#type: Some("ECS".to_owned()) }, Mirror::from_sdk),
            ),
            desired_count: Some(service.desired_count),
            enable_ecs_managed_tags: Some(service.enable_ecs_managed_tags),
            enable_execute_command: Some(service.enable_execute_command),
            health_check_grace_period_seconds: service.health_check_grace_period_seconds,
            launch_type: service.launch_type.as_ref().map(Mirror::from_sdk),
            load_balancers: service.load_balancers.as_ref().map(Mirror::from_sdk),
            name: text(service.service_name()),
            network_configuration: service.network_configuration.as_ref().map(Mirror::from_sdk),
            placement_constraints: service.placement_constraints.as_ref().map(Mirror::from_sdk),
            placement_strategies: service.placement_strategy.as_ref().map(Mirror::from_sdk),
            platform_version: text(service.platform_version()),
            propagate_tags: service.propagate_tags.as_ref().map(Mirror::from_sdk).filter(|from| from != "NONE"),
            role: text(service.role_arn()),
            scheduling_strategy: service.scheduling_strategy.as_ref().map(Mirror::from_sdk),
            service_arn: text(service.service_arn()),
            service_name: text(service.service_name()),
            service_registries: service.service_registries.as_ref().map(Mirror::from_sdk),
            tags: Some(service.tags().iter().map(Mirror::from_sdk).collect()),
            task_definition: text(service.task_definition()),
            vpc_lattice_configurations: primary
                .and_then(|deployment| deployment.vpc_lattice_configurations.as_ref())
                .map(Mirror::from_sdk),
            ..Self::default()
        }
    }

    /// Every written property on the call; tags and token are the caller's.
    ///
    /// # Errors
    /// As `Mirror::to_sdk`.
    pub fn fill_create(&self, call: CreateServiceFluentBuilder) -> Result<CreateServiceFluentBuilder, AwsError> {
        let is_daemon = self.scheduling_strategy.as_deref() == Some("DAEMON");
        Ok(call
            .set_availability_zone_rebalancing(sdk(&self.availability_zone_rebalancing)?)
            .set_capacity_provider_strategy(sdk(&self.capacity_provider_strategy)?)
            .set_cluster(self.cluster.clone())
            .set_deployment_configuration(sdk(&self.deployment_configuration)?)
            .set_deployment_controller(sdk(&self.deployment_controller)?)
            // ECS wants a count for every service that is no daemon; the schema's documentation gives 1.
            .set_desired_count(self.desired_count.or((!is_daemon).then_some(1)))
            .set_enable_ecs_managed_tags(self.enable_ecs_managed_tags)
            .set_enable_execute_command(self.enable_execute_command)
            .set_gateway_connectors(sdk(&self.gateway_connectors)?)
            .set_health_check_grace_period_seconds(self.health_check_grace_period_seconds)
            .set_launch_type(sdk(&self.launch_type)?)
            .set_load_balancers(sdk(&self.load_balancers)?)
            .set_monitoring(sdk(&self.monitoring)?)
            .set_network_configuration(sdk(&self.network_configuration)?)
            .set_placement_constraints(sdk(&self.placement_constraints)?)
            .set_placement_strategy(sdk(&self.placement_strategies)?)
            .set_platform_version(self.platform_version.clone())
            .set_propagate_tags(sdk(&self.propagate_tags)?)
            .set_role(self.role.clone())
            .set_scheduling_strategy(sdk(&self.scheduling_strategy)?)
            .set_service_connect_configuration(sdk(&self.service_connect_configuration)?)
            .set_service_name(self.service_name.clone())
            .set_service_registries(sdk(&self.service_registries)?)
            .set_task_definition(self.task_definition.clone())
            .set_volume_configurations(sdk(&self.volume_configurations)?)
            .set_vpc_lattice_configurations(sdk(&self.vpc_lattice_configurations)?))
    }

    /// Only what changed, so that what others changed (an autoscaled count) stays; what was removed from the file goes
    /// back to what a new service has. A count, a network and a task definition have no such default and stay.
    ///
    /// # Errors
    /// As `Mirror::to_sdk`.
    pub fn fill_update(
        &self,
        call: UpdateServiceFluentBuilder,
        update: &Update<'_>,
    ) -> Result<UpdateServiceFluentBuilder, AwsError> {
        let change = Change(update);
        Ok(call
            .set_availability_zone_rebalancing(
                change.to("AvailabilityZoneRebalancing", sdk(&self.availability_zone_rebalancing)?),
            )
            .set_capacity_provider_strategy(self.changed_strategy(update)?)
            .set_deployment_configuration(self.changed_deployment_configuration(update)?)
            .set_deployment_controller(change.to("DeploymentController", sdk(&self.deployment_controller)?))
            .set_desired_count(change.to("DesiredCount", self.desired_count))
            .set_enable_ecs_managed_tags(change.or("EnableECSManagedTags", self.enable_ecs_managed_tags, false))
            .set_enable_execute_command(change.or("EnableExecuteCommand", self.enable_execute_command, false))
            .set_force_new_deployment(change.to("ForceNewDeployment", self.forced()))
            .set_gateway_connectors(change.or("GatewayConnectors", sdk(&self.gateway_connectors)?, Vec::new()))
            .set_health_check_grace_period_seconds(change.or(
                "HealthCheckGracePeriodSeconds",
                self.health_check_grace_period_seconds,
                0,
            ))
            .set_load_balancers(change.or("LoadBalancers", sdk(&self.load_balancers)?, Vec::new()))
            .set_monitoring(change.or(
                "Monitoring",
                sdk(&self.monitoring)?,
                types::MonitoringConfiguration::builder().set_metric_configurations(Some(Vec::new())).build(),
            ))
            .set_network_configuration(change.to("NetworkConfiguration", sdk(&self.network_configuration)?))
            .set_placement_constraints(change.or("PlacementConstraints", sdk(&self.placement_constraints)?, Vec::new()))
            .set_placement_strategy(change.or("PlacementStrategies", sdk(&self.placement_strategies)?, Vec::new()))
            .set_platform_version(change.or("PlatformVersion", self.platform_version.clone(), "LATEST".to_owned()))
            .set_propagate_tags(change.or("PropagateTags", sdk(&self.propagate_tags)?, types::PropagateTags::None))
            .set_service_connect_configuration(change.or(
                "ServiceConnectConfiguration",
                sdk(&self.service_connect_configuration)?,
                types::ServiceConnectConfiguration::builder().enabled(false).build(),
            ))
            .set_service_registries(change.or("ServiceRegistries", sdk(&self.service_registries)?, Vec::new()))
            .set_task_definition(change.to("TaskDefinition", self.task_definition.clone()))
            .set_volume_configurations(change.or("VolumeConfigurations", sdk(&self.volume_configurations)?, Vec::new()))
            .set_vpc_lattice_configurations(change.or(
                "VpcLatticeConfigurations",
                sdk(&self.vpc_lattice_configurations)?,
                Vec::new(),
            )))
    }

    fn forced(&self) -> Option<bool> {
        self.force_new_deployment.as_ref().and_then(|force| force.enable_force_new_deployment)
    }

    /// An empty strategy takes a service back to its launch type, which cannot change in any other way.
    /// Source: ECS API reference, `UpdateService`, `capacityProviderStrategy`.
    fn changed_strategy(
        &self,
        update: &Update<'_>,
    ) -> Result<Option<Vec<types::CapacityProviderStrategyItem>>, AwsError> {
        if update.changes(&["CapacityProviderStrategy"]) {
            return Ok(Some(sdk(&self.capacity_provider_strategy)?.unwrap_or_default()));
        }
        match &self.launch_type {
            Some(launch_type) if update.changes(&["LaunchType"]) && !update.live.text("LaunchType").is_empty() => {
                Err(AwsError::Invalid(format!(
                    "LaunchType cannot change in place from {} to {launch_type}: replace the service or give a \
                     CapacityProviderStrategy",
                    update.live.text("LaunchType"),
                )))
            }
            Some(_) if update.changes(&["LaunchType"]) => Ok(Some(Vec::new())),
            _ => Ok(None),
        }
    }

    /// ECS keeps the parts of a deployment configuration that a call leaves out, so that those which are on and no longer
    /// written are turned off.
    fn changed_deployment_configuration(
        &self,
        update: &Update<'_>,
    ) -> Result<Option<types::DeploymentConfiguration>, AwsError> {
        if !update.changes(&["DeploymentConfiguration"]) {
            return Ok(None);
        }
        let live: Self = update.live_typed()?;
        let live = live.deployment_configuration.unwrap_or_default();
        let mut wanted = self.deployment_configuration.clone().unwrap_or_else(|| DeploymentConfiguration {
            maximum_percent: Some(200),
            minimum_healthy_percent: Some(100),
            ..DeploymentConfiguration::default()
        });
        if live.alarms.is_some() && wanted.alarms.is_none() {
            wanted.alarms =
                Some(DeploymentAlarms { alarm_names: Some(Vec::new()), enable: Some(false), rollback: Some(false) });
        }
        if live.deployment_circuit_breaker.is_some() && wanted.deployment_circuit_breaker.is_none() {
            let off = CircuitBreaker { enable: Some(false), rollback: Some(false), ..CircuitBreaker::default() };
            wanted.deployment_circuit_breaker = Some(off);
        }
        sdk(&Some(wanted))
    }
}

/// What to send of a property: nothing unless it changed.
struct Change<'a>(&'a Update<'a>);

impl Change<'_> {
    fn to<T>(&self, property: &str, wanted: Option<T>) -> Option<T> {
        wanted.filter(|_| self.0.changes(&[property]))
    }

    fn or<T>(&self, property: &str, wanted: Option<T>, default: T) -> Option<T> {
        self.0.changes(&[property]).then(|| wanted.unwrap_or(default))
    }
}
