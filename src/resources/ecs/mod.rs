//! Amazon ECS: clusters, task definitions and services.

mod cluster;
mod container_definition;
mod deployment;
mod failed_deployment;
mod json_document;
mod names;
mod service;
mod service_connect;
mod service_properties;
mod service_reading;
mod service_shapes;
mod shapes;
mod tags;
mod task_definition;
mod task_definition_properties;
mod task_size;
mod volume;

pub use cluster::Cluster;
pub use service::Service;
pub use task_definition::TaskDefinition;
