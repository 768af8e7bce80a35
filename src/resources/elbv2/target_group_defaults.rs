/// What AWS gives a new one: properties as paths, values as JSON. Source: Elastic Load Balancing API reference, `CreateTargetGroup` and `TargetGroupAttribute`.
pub(super) const DEFAULTS: &[(&str, &str)] = &[
    ("/properties/HealthCheckEnabled", "true"),
    ("/properties/HealthCheckPath", r#""/""#),
    ("/properties/HealthCheckPort", r#""traffic-port""#),
    ("/properties/HealthyThresholdCount", "5"),
    ("/properties/IpAddressType", r#""ipv4""#),
    ("/properties/ProtocolVersion", r#""HTTP1""#),
    ("/properties/TargetType", r#""instance""#),
    ("/properties/UnhealthyThresholdCount", "2"),
    ("/properties/TargetGroupAttributes/*", r#"{"Key":"deregistration_delay.timeout_seconds","Value":"300"}"#),
    ("/properties/TargetGroupAttributes/*", r#"{"Key":"lambda.multi_value_headers.enabled","Value":"false"}"#),
    ("/properties/TargetGroupAttributes/*", r#"{"Key":"load_balancing.algorithm.anomaly_mitigation","Value":"off"}"#),
    ("/properties/TargetGroupAttributes/*", r#"{"Key":"load_balancing.algorithm.type","Value":"round_robin"}"#),
    (
        "/properties/TargetGroupAttributes/*",
        r#"{"Key":"load_balancing.cross_zone.enabled","Value":"use_load_balancer_configuration"}"#,
    ),
    ("/properties/TargetGroupAttributes/*", r#"{"Key":"proxy_protocol_v2.enabled","Value":"false"}"#),
    ("/properties/TargetGroupAttributes/*", r#"{"Key":"slow_start.duration_seconds","Value":"0"}"#),
    ("/properties/TargetGroupAttributes/*", r#"{"Key":"stickiness.app_cookie.cookie_name","Value":""}"#),
    ("/properties/TargetGroupAttributes/*", r#"{"Key":"stickiness.app_cookie.duration_seconds","Value":"86400"}"#),
    ("/properties/TargetGroupAttributes/*", r#"{"Key":"stickiness.enabled","Value":"false"}"#),
    ("/properties/TargetGroupAttributes/*", r#"{"Key":"stickiness.lb_cookie.duration_seconds","Value":"86400"}"#),
    ("/properties/TargetGroupAttributes/*", r#"{"Key":"stickiness.type","Value":"lb_cookie"}"#),
    ("/properties/TargetGroupAttributes/*", r#"{"Key":"target_failover.on_deregistration","Value":"no_rebalance"}"#),
    ("/properties/TargetGroupAttributes/*", r#"{"Key":"target_failover.on_unhealthy","Value":"no_rebalance"}"#),
    (
        "/properties/TargetGroupAttributes/*",
        r#"{"Key":"target_group_health.dns_failover.minimum_healthy_targets.count","Value":"1"}"#,
    ),
    (
        "/properties/TargetGroupAttributes/*",
        r#"{"Key":"target_group_health.dns_failover.minimum_healthy_targets.percentage","Value":"off"}"#,
    ),
    (
        "/properties/TargetGroupAttributes/*",
        r#"{"Key":"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count","Value":"1"}"#,
    ),
    (
        "/properties/TargetGroupAttributes/*",
        r#"{"Key":"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage","Value":"off"}"#,
    ),
    (
        "/properties/TargetGroupAttributes/*",
        r#"{"Key":"target_health_state.unhealthy.connection_termination.enabled","Value":"true"}"#,
    ),
    (
        "/properties/TargetGroupAttributes/*",
        r#"{"Key":"target_health_state.unhealthy.draining_interval_seconds","Value":"0"}"#,
    ),
];
