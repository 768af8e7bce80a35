/// A secret of a record that nobody gives today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingSecret {
    /// Where it stood: `config.password`, `resources.db.properties.MasterUserPassword`, `--set password`, a file's path.
    pub place: String,
    /// What `--set` calls it, where `--set` can give it.
    pub config_key: Option<String>,
}
