use super::{PathSegment, PropertyPath, ResourceSchema};
use crate::value::Value;

/// What a write-only property is called that holds a secret. AWS marks what it never gives back, and not what is
/// secret: `SourceRegion` is write-only too.
const NAMES: [&str; 5] = ["Password", "Secret", "Token", "PrivateKey", "Credential"];

/// Write-only properties that are no secrets: what an object was made from, and what a later run has to know again to find or
/// delete it.
const PLAIN: [(&str, &[&str]); 3] = [
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

impl ResourceSchema {
    /// True if state keeps the property as a fingerprint: AWS never gives it back, and nothing but a comparison needs it.
    pub fn is_hidden(&self, path: &PropertyPath) -> bool {
        let plain = || PLAIN.iter().find(|(type_name, _)| *type_name == self.type_name()).map(|(_, names)| *names);
        let is_plain = || plain().zip(path.top_level()).is_some_and(|(names, name)| names.contains(&name));
        self.is_write_only(path) && !is_plain()
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

    use crate::schema::Catalog;
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

    #[test]
    fn those_inside_lists_are_found() {
        let actions = json!({"DefaultActions": [{"AuthenticateOidcConfig": {"ClientSecret": "s3cret"}}]});
        assert_eq!(credentials("AWS::ElasticLoadBalancingV2::Listener", actions), ["s3cret"]);
    }
}
