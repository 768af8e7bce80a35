use std::collections::BTreeMap;

use super::{Driver, ec2, ecs, elbv2, iam, infra, logs, rds, route53, s3, secretsmanager, sqs};

/// All drivers, by type name.
pub struct Registry(BTreeMap<&'static str, Box<dyn Driver>>);

impl Registry {
    /// Every driver this binary has. One line a type.
    pub fn standard() -> Self {
        let drivers: Vec<Box<dyn Driver>> = vec![
            Box::new(ec2::InternetGateway),
            Box::new(ec2::Route),
            Box::new(ec2::RouteTable),
            Box::new(ec2::SecurityGroup),
            Box::new(ec2::Subnet),
            Box::new(ec2::SubnetRouteTableAssociation),
            Box::new(ec2::Vpc),
            Box::new(ec2::VpcGatewayAttachment),
            Box::new(ecs::Cluster),
            Box::new(ecs::Service),
            Box::new(ecs::TaskDefinition),
            Box::new(elbv2::Listener),
            Box::new(elbv2::LoadBalancer),
            Box::new(elbv2::TargetGroup),
            Box::new(iam::Role),
            Box::new(infra::RandomPassword),
            Box::new(logs::LogGroup),
            Box::new(rds::DbCluster),
            Box::new(rds::DbInstance),
            Box::new(rds::DbSubnetGroup),
            Box::new(route53::HostedZone),
            Box::new(route53::RecordSet::default()),
            Box::new(s3::Bucket),
            Box::new(secretsmanager::Secret),
            Box::new(sqs::Queue),
        ];
        Self(drivers.into_iter().map(|driver| (driver.type_name(), driver)).collect())
    }

    pub fn get(&self, type_name: &str) -> Option<&dyn Driver> {
        self.0.get(type_name).map(AsRef::as_ref)
    }

    pub fn iter(&self) -> impl Iterator<Item = &dyn Driver> {
        self.0.values().map(AsRef::as_ref)
    }
}
