//! Every driver walks through the same life of an object, with the values of its fixture.

mod changing;
mod compare;
mod coverage;
mod ending;
mod finding;
mod fixture;
mod gaps;
mod importing;
mod life;
mod scope;
mod writing;

/// Two tests a file of `tests/fixtures`, and the list of them.
macro_rules! fixtures {
    ($($service:ident { $($name:ident),* $(,)? })*) => {
        $(mod $service {
            $(#[test]
            fn $name() {
                super::life::live(concat!(stringify!($service), "/", stringify!($name)));
            })*
        })*

        /// What is imported from each.
        mod imports {
            $(mod $service {
                $(#[test]
                fn $name() {
                    super::super::importing::imported(concat!(stringify!($service), "/", stringify!($name)));
                })*
            })*
        }

        const LISTED: &[&str] = &[$($(concat!(stringify!($service), "/", stringify!($name))),*),*];
    };
}

fixtures! {
    ec2 {
        internet_gateway, route, route_ipv6, route_nat, route_table, security_group, security_group_egress, subnet,
        subnet_dns, subnet_ipam, subnet_route_table_association, vpc, vpc_dedicated, vpc_gateway_attachment, vpc_ipam,
    }
    ecs { cluster, service, service_ec2, task_definition, task_definition_ec2, task_definition_faults }
    elbv2 { listener, listener_https, load_balancer, load_balancer_network, target_group, target_group_lambda }
    iam { role }
    logs { log_group, log_group_infrequent }
    rds {
        db_cluster, db_cluster_provisioned, db_cluster_restored, db_instance, db_instance_member, db_instance_options,
        db_instance_replica, db_instance_restored, db_subnet_group,
    }
    route53 { hosted_zone, hosted_zone_private, record_set, record_set_alias, record_set_weighted }
    s3 { bucket, bucket_locked }
    secretsmanager { secret, secret_generated }
    sqs { queue, queue_fifo }
}
