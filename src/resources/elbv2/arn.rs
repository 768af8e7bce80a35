//! What the ARNs of load balancers, target groups and listeners tell.

/// `app/web/50dc6c495c0c9188` of a load balancer, `targetgroup/web/73e2d6bc24d8a067` of a target group: the dimension of
/// their CloudWatch metrics.
pub fn full_name(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    resource.strip_prefix("loadbalancer/").unwrap_or(resource)
}

/// The load balancer of a listener.
pub fn load_balancer(listener: &str) -> String {
    let load_balancer = listener.rsplit_once('/').map_or(listener, |(load_balancer, _)| load_balancer);
    load_balancer.replacen(":listener/", ":loadbalancer/", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_tell_names_and_parents() {
        let prefix = "arn:aws:elasticloadbalancing:us-west-2:123456789012";
        assert_eq!(full_name(&format!("{prefix}:loadbalancer/app/web/50dc")), "app/web/50dc");
        assert_eq!(full_name(&format!("{prefix}:targetgroup/web/73e2")), "targetgroup/web/73e2");
        let listener = format!("{prefix}:listener/app/web/50dc/f2f7");
        assert_eq!(load_balancer(&listener), format!("{prefix}:loadbalancer/app/web/50dc"));
    }
}
