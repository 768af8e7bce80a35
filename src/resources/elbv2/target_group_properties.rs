use aws_sdk_elasticloadbalancingv2::types;
use serde_json::{Value, json};

use super::arn;
use super::targets::Target;

properties! {
    /// The properties of `AWS::ElasticLoadBalancingV2::TargetGroup`; attributes and tags are pairs, read as such.
    pub struct TargetGroupProperties {
        health_check_enabled: bool,
        health_check_interval_seconds: i32,
        health_check_path: String,
        health_check_port: String,
        health_check_protocol: String,
        health_check_timeout_seconds: i32,
        healthy_threshold_count: i32,
        ip_address_type: String,
        load_balancer_arns: Vec<String>,
        matcher: Matcher,
        name: String,
        port: i32,
        protocol: String,
        protocol_version: String,
        tags: Value,
        target_control_port: i32,
        target_group_arn: String,
        target_group_attributes: Value,
        target_group_full_name: String,
        target_group_name: String,
        target_type: String,
        targets: Vec<Target>,
        unhealthy_threshold_count: i32,
        vpc_id: String,
    }
}

mirror! {
    pub struct Matcher: types::Matcher {
        grpc_code: String,
        http_code: String,
    }
}

impl TargetGroupProperties {
    /// As `DescribeTargetGroups` answers: without attributes, targets and tags.
    pub fn from_sdk(found: &types::TargetGroup) -> Self {
        Self {
            name: found.target_group_name.clone(),
            target_group_full_name: found.target_group_arn().map(|arn| arn::full_name(arn).to_owned()),
            ..reflect!(
                TargetGroupProperties,
                found,
                health_check_enabled,
                health_check_interval_seconds,
                health_check_path,
                health_check_port,
                health_check_protocol,
                health_check_timeout_seconds,
                healthy_threshold_count,
                ip_address_type,
                load_balancer_arns,
                matcher,
                port,
                protocol,
                protocol_version,
                target_control_port,
                target_group_arn,
                target_group_name,
                target_type,
                unhealthy_threshold_count,
                vpc_id,
            )
        }
    }

    /// What a new target group of this protocol has where nothing is written.
    /// Source: Elastic Load Balancing API reference, `CreateTargetGroup`.
    pub fn default_of(&self, property: &str) -> Option<Value> {
        let protocol = self.protocol.as_deref();
        let is_lambda = self.target_type.as_deref() == Some("lambda");
        let is_http = matches!(protocol, Some("HTTP" | "HTTPS"));
        let is_grpc = self.protocol_version.as_deref() == Some("GRPC");
        Some(match property {
            "HealthCheckEnabled" => json!(!is_lambda),
            "HealthCheckIntervalSeconds" if is_lambda => json!(35),
            "HealthCheckIntervalSeconds" if protocol == Some("GENEVE") => json!(10),
            "HealthCheckIntervalSeconds" => json!(30),
            "HealthCheckPath" if is_grpc => json!("/AWS.ALB/healthcheck"),
            "HealthCheckPath" if is_http || is_lambda => json!("/"),
            "HealthCheckPort" if protocol == Some("GENEVE") => json!("80"),
            "HealthCheckPort" if !is_lambda => json!("traffic-port"),
            "HealthCheckProtocol" if is_http => json!("HTTP"),
            "HealthCheckProtocol" if !is_lambda => json!("TCP"),
            "HealthCheckTimeoutSeconds" if is_lambda => json!(30),
            "HealthCheckTimeoutSeconds" if is_http || protocol == Some("GENEVE") => json!(5),
            "HealthCheckTimeoutSeconds" => json!(10),
            "HealthyThresholdCount" => json!(5),
            "Matcher" if is_grpc => json!({"GrpcCode": "12"}),
            "Matcher" if is_http || is_lambda => json!({"HttpCode": "200"}),
            "UnhealthyThresholdCount" if is_lambda => json!(5),
            "UnhealthyThresholdCount" => json!(2),
            _ => return None,
        })
    }
}
