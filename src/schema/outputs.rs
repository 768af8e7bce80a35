use super::{PropertyPath, ResourceSchema};

impl ResourceSchema {
    /// True if AWS gives the property, or a part of it, or if it identifies the object: what other resources may refer to.
    pub fn is_output(&self, name: &str) -> bool {
        let holds = |path: &PropertyPath| path.top_level() == Some(name);
        self.read_only().iter().chain(self.primary_identifier()).any(holds)
    }

    /// The names of all outputs.
    pub fn outputs(&self) -> impl Iterator<Item = &str> {
        self.attributes().filter(|name| self.is_output(name) && !self.is_write_only(&PropertyPath::root().key(name)))
    }

    /// True if the property is part of what identifies an object: it stays for as long as the object is there.
    pub fn identifies(&self, name: &str) -> bool {
        self.primary_identifier().iter().any(|path| path.top_level() == Some(name))
    }

    /// True if the property counts versions: an output that an update moves on (`LatestVersionNumber`, `VersionId`).
    pub fn counts_versions(&self, name: &str) -> bool {
        let counts = ["Version", "VersionId", "VersionNumber"].iter().any(|end| name.ends_with(end));
        counts && self.is_read_only(&PropertyPath::root().key(name))
    }

    /// The outputs inside properties that can be written, `MasterUserSecret.SecretArn`.
    pub fn nested_outputs(&self) -> impl Iterator<Item = &PropertyPath> {
        self.read_only().iter().filter(|path| path.segments().len() > 1)
    }
}

#[cfg(test)]
mod tests {
    use crate::schema::Catalog;

    #[test]
    fn outputs_are_what_aws_gives_and_what_identifies() {
        let cluster = Catalog::standard().get("AWS::RDS::DBCluster").unwrap();
        assert!(cluster.is_output("Endpoint") && cluster.is_output("DBClusterIdentifier"));
        assert!(!cluster.is_output("EngineVersion"));
        assert!(cluster.nested_outputs().any(|path| path.to_string() == "MasterUserSecret.SecretArn"));
    }

    #[test]
    fn versions_move_on_with_updates() {
        let template = Catalog::standard().get("AWS::EC2::LaunchTemplate").unwrap();
        assert!(template.counts_versions("LatestVersionNumber"));
        assert!(!template.counts_versions("LaunchTemplateId"));
    }
}
