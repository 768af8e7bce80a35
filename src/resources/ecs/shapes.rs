//! Shapes that several ECS types share.

use std::collections::BTreeMap;

use aws_sdk_ecs::types;

mirror! {
    pub struct Tag: types::Tag {
        key: String,
        value: String,
    }
    pub struct KeyValuePair: types::KeyValuePair {
        name: String,
        value: String,
    }
    pub struct Secret: types::Secret {
        name: String,
        value_from: String,
    }
    pub struct LogConfiguration: types::LogConfiguration {
        log_driver: String,
        options: BTreeMap<String, String>,
        secret_options: Vec<Secret>,
    }
    pub struct CapacityProviderStrategyItem: types::CapacityProviderStrategyItem {
        base: i32,
        capacity_provider: String,
        weight: i32,
    }
}
