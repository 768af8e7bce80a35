use super::{PathSegment, PropertyPath, ResourceSchema};
use crate::value::Value;

/// What a write-only property is called that holds a secret. AWS marks what it never gives back, and not what is
/// secret: `SourceRegion` is write-only too.
const NAMES: [&str; 5] = ["Password", "Secret", "Token", "PrivateKey", "Credential"];

/// Write-only properties that are no secrets, by type.
type Names = [(&'static str, &'static [&'static str])];

/// What an object was made from, and what a later run has to know again to find or delete it. It stays as it is written.
const ORIGINS: &Names = &[
    ("AWS::Route53::RecordSet", &["HostedZoneName"]),
    (
        "AWS::RDS::DBCluster",
        &[
            "DeleteAutomatedBackups",
            "RestoreToTime",
            "RestoreType",
            "SnapshotIdentifier",
            "SourceDBClusterIdentifier",
            "SourceDbClusterResourceId",
            "SourceRegion",
            "UseLatestRestorableTime",
        ],
    ),
    (
        "AWS::RDS::DBInstance",
        &[
            "DBSnapshotIdentifier",
            "DeleteAutomatedBackups",
            "RestoreTime",
            "SourceDBInstanceAutomatedBackupsArn",
            "SourceDBInstanceIdentifier",
            "SourceDbiResourceId",
            "SourceRegion",
            "UseLatestRestorableTime",
        ],
    ),
];

/// What only says how an object is made or changed, and what AWS keeps in another form.
const PLAIN: &Names = &[
    ("AWS::EC2::SecurityGroup", &["SecurityGroupIngress"]),
    (
        "AWS::EC2::Subnet",
        &["EnableLniAtDeviceIndex", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "Ipv6IpamPoolId", "Ipv6NetmaskLength"],
    ),
    ("AWS::EC2::VPC", &["Ipv4IpamPoolId", "Ipv4NetmaskLength", "VpcEncryptionControl"]),
    ("AWS::ECS::Cluster", &["ServiceConnectDefaults"]),
    (
        "AWS::ECS::Service",
        &[
            "ForceNewDeployment",
            "GatewayConnectors",
            "Monitoring",
            "ServiceConnectConfiguration",
            "VolumeConfigurations",
        ],
    ),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", &["EnableCapacityReservationProvisionStabilize"]),
    (
        "AWS::RDS::DBCluster",
        &["ClusterScalabilityType", "DBInstanceParameterGroupName", "MasterUserAuthenticationType"],
    ),
    (
        "AWS::RDS::DBInstance",
        &[
            "AllowMajorVersionUpgrade",
            "ApplyImmediately",
            "AutomaticBackupReplicationKmsKeyId",
            "CertificateRotationRestart",
            "MasterUserAuthenticationType",
            "UseDefaultProcessorFeatures",
        ],
    ),
    ("AWS::Route53::RecordSet", &["Comment"]),
    (
        "AWS::S3::Bucket",
        &[
            "AccessControl",
            "BucketNamePrefix",
            "BucketNamespace",
            "LifecycleConfiguration",
            "MetadataConfiguration",
            "ReplicationConfiguration",
        ],
    ),
];

impl ResourceSchema {
    /// True if state keeps the property as a fingerprint: AWS never gives it back, and it may be a secret.
    pub fn is_hidden(&self, path: &PropertyPath) -> bool {
        self.is_doubtful(path) && !self.is_among(PLAIN, path)
    }

    /// True if nobody can tell whether AWS has what was written last, after a call whose outcome is unknown: AWS never gives
    /// the property back.
    pub fn is_doubtful(&self, path: &PropertyPath) -> bool {
        self.is_write_only(path) && !self.is_among(ORIGINS, path)
    }

    fn is_among(&self, names: &Names, path: &PropertyPath) -> bool {
        let of_type = names.iter().find(|(type_name, _)| *type_name == self.type_name());
        of_type.zip(path.top_level()).is_some_and(|((_, names), name)| names.contains(&name))
    }

    /// True if something inside the property is hidden.
    pub fn hides_in(&self, path: &PropertyPath) -> bool {
        self.write_only().iter().any(|listed| path.covers(listed))
    }

    /// The secret texts among properties: passwords, secret strings, tokens.
    pub fn credentials<'a>(&self, properties: &'a Value) -> Vec<&'a str> {
        let mut found = Vec::new();
        for path in self.write_only().iter().filter(|path| is_credential(path)) {
            collect(properties, path.segments(), &mut found);
        }
        found
    }
}

pub(super) fn is_credential(path: &PropertyPath) -> bool {
    let Some(PathSegment::Key(name)) = path.segments().last() else { return false };
    NAMES.iter().any(|part| name.contains(part))
}

fn collect<'a>(value: &'a Value, path: &[PathSegment], found: &mut Vec<&'a str>) {
    match (value, path.split_first()) {
        (Value::String(text), None) => found.push(text),
        (Value::Map(entries), Some((PathSegment::Key(name), rest))) => {
            entries.get(name).into_iter().for_each(|value| collect(value, rest, found));
        }
        (Value::Map(entries), Some((PathSegment::Any, rest))) => {
            entries.values().for_each(|value| collect(value, rest, found));
        }
        (Value::List(items), Some((PathSegment::Any, rest))) => {
            items.iter().for_each(|item| collect(item, rest, found))
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::is_credential;
    use crate::resources::Registry;
    use crate::schema::{Catalog, PropertyPath};
    use crate::value::Value;

    fn credentials(type_name: &str, properties: serde_json::Value) -> Vec<String> {
        let schema = Catalog::standard().get(type_name).unwrap();
        schema.credentials(&Value::from(properties)).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn passwords_are_credentials_and_other_write_only_properties_are_not() {
        let properties = json!({"MasterUserPassword": "hunter2", "SourceRegion": "us-east-1", "Engine": "postgres"});
        assert_eq!(credentials("AWS::RDS::DBInstance", properties), ["hunter2"]);
        let generated = json!({"GenerateSecretString": {"GenerateStringKey": "password"}});
        assert!(credentials("AWS::SecretsManager::Secret", generated).is_empty());
    }

    /// A new driver decides of each property that AWS never gives back whether people may see it.
    #[test]
    fn what_drivers_write_is_hidden_only_where_it_is_a_secret() {
        let registry = Registry::standard();
        for driver in registry.iter() {
            let Some(schema) = Catalog::standard().get(driver.type_name()) else { continue };
            let hidden = schema.write_only().iter().filter(|path| schema.is_hidden(path));
            let plain: Vec<String> = hidden.filter(|path| !is_credential(path)).map(ToString::to_string).collect();
            assert!(plain.is_empty(), "{}: secrets, or missing in PLAIN: {plain:?}", driver.type_name());
        }
        let bucket = Catalog::standard().get("AWS::S3::Bucket").unwrap();
        assert!(!bucket.is_hidden(&PropertyPath::root().key("AccessControl")));
        let instance = Catalog::standard().get("AWS::RDS::DBInstance").unwrap();
        assert!(instance.is_hidden(&PropertyPath::root().key("MasterUserPassword")));
    }

    #[test]
    fn those_inside_lists_are_found() {
        let actions = json!({"DefaultActions": [{"AuthenticateOidcConfig": {"ClientSecret": "s3cret"}}]});
        assert_eq!(credentials("AWS::ElasticLoadBalancingV2::Listener", actions), ["s3cret"]);
    }
}
