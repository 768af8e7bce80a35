//! Elastic Load Balancing v2: load balancers, target groups and listeners.

mod action;
mod arn;
mod attributes;
mod listener;
mod load_balancer;
mod load_balancer_defaults;
mod load_balancer_properties;
mod tags;
mod target_group;
mod target_group_defaults;
mod target_group_properties;
mod targets;

pub use listener::Listener;
pub use load_balancer::LoadBalancer;
pub use target_group::TargetGroup;
