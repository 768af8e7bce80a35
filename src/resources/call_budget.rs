/// How many calls a service takes of one account side by side without throttling it for long: beyond that more of them would only
/// wait for each other's retries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallBudget {
    /// Calls that look.
    pub reads: usize,
    /// Operations that make, change or delete an object, each of several calls.
    pub writes: usize,
}

impl CallBudget {
    /// By the service's name in type names: `SQS` of `AWS::SQS::Queue`. The numbers follow each service's own limits, for calls
    /// that last a twentieth of a second or longer:
    ///
    /// - EC2 API reference, "Request throttling for the Amazon EC2 API": 100 reads at once and 20 a second, 50 changes and 5.
    /// - Route 53 developer guide, "Quotas": five calls a second from an account.
    /// - CloudWatch Logs user guide, "Quotas": 10 lists of tags and 10 created groups a second.
    /// - Secrets Manager user guide, "Quotas": 10,000 reads and 50 changes a second.
    /// - SQS developer guide, "Quotas", and S3 user guide, "Best practices": thousands of calls a second.
    /// - IAM, ECS, RDS and Elastic Load Balancing publish none; 20 reads a second are known to pass.
    pub fn of_service(name: &str) -> Self {
        let (reads, writes) = match name {
            "EC2" => (20, 16),
            "Logs" => (16, 8),
            "Route53" => (4, 4),
            "S3" => (64, 24),
            "SQS" => (64, 32),
            "SecretsManager" => (48, 24),
            "Infra" => (64, 64),
            _ => (20, 12),
        };
        Self { reads, writes }
    }

    /// By a type's name, `AWS::SQS::Queue`.
    pub fn of_type(type_name: &str) -> Self {
        Self::of_service(service_of(type_name))
    }
}

/// The service in a type's name: `SQS` of `AWS::SQS::Queue`, `Infra` of `Infra::RandomPassword`.
pub fn service_of(type_name: &str) -> &str {
    let mut parts = type_name.split("::");
    match (parts.next(), parts.next()) {
        (Some("AWS"), Some(service)) => service,
        (Some(first), _) => first,
        _ => type_name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_has_the_budget_of_its_service() {
        assert_eq!(CallBudget::of_type("AWS::Route53::RecordSet"), CallBudget::of_service("Route53"));
        assert_eq!(CallBudget::of_type("AWS::SQS::Queue").reads, 64);
        assert_eq!(service_of("Infra::RandomPassword"), "Infra");
    }
}
