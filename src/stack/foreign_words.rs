//! What CloudFormation, Terraform and Pulumi call something that a stack file writes otherwise.

/// Words of other tools, each with what to write instead of it.
pub(super) type ForeignWords = [(&'static str, &'static str)];

/// Where no word of another tool is likely.
pub(super) const NONE: &ForeignWords = &[];

/// Keys of a resource.
pub(super) const OF_RESOURCE: &ForeignWords = &[
    ("Condition", "write `when: ${…}`"),
    ("CreationPolicy", "leave it out: an object is ready when AWS says so; `timeout` bounds how long that may take"),
    ("DeletionPolicy", "write `on_delete: retain`, `snapshot` or `delete`; `protect: true` refuses the deletion"),
    ("DependsOn", "write `depends_on`"),
    ("Metadata", "leave it out, or write it as a comment"),
    ("UpdatePolicy", "leave it out: what a service's deployment does stands in its properties"),
    ("UpdateReplacePolicy", "write `on_delete: retain`, `snapshot` or `delete`"),
    ("count", "write `for_each` with a list of keys, or `when` for one or none"),
    ("dependsOn", "write `depends_on`"),
    ("deleteBeforeReplace", "write `replace: delete_first`"),
    ("ignoreChanges", "write `ignore_changes`"),
    ("lifecycle", "write `protect: true`, `ignore_changes: […]` or `replace: create_first` beside `properties`"),
    ("opts", "write `depends_on`, `protect`, `ignore_changes` and the like beside `properties`"),
    ("options", "write `depends_on`, `protect`, `ignore_changes` and the like beside `properties`"),
    ("parent", "leave it out: what a resource needs is what it refers to"),
    ("provider", "write `region` where it is another one; the account is that of the credentials"),
    ("retainOnDelete", "write `on_delete: retain`"),
];

/// Keys of a stack file.
pub(super) const OF_STACK: &ForeignWords = &[
    ("AWSTemplateFormatVersion", "leave it out"),
    ("Description", "leave it out, or write it as a comment"),
    ("Conditions", "write the condition where it is used: `when: ${…}`"),
    ("Mappings", "write a map into `config` and read it: `${config.sizes[stack.name]}`"),
    ("Metadata", "leave it out, or write it as a comment"),
    ("Parameters", "write `config`, whose values `--set` replaces"),
    ("Transform", "leave it out"),
    ("backend", "write `state: s3://BUCKET`"),
    ("locals", "write `config`"),
    ("module", "write its resources into this file"),
    ("parameters", "write `config`, whose values `--set` replaces"),
    ("provider", "write `region`; the account is that of the credentials"),
    ("terraform", "write `state: s3://BUCKET`"),
    ("variable", "write `config`, whose values `--set` replaces"),
    ("variables", "write `config`, whose values `--set` replaces"),
];

/// CloudFormation's functions, without `!` or `Fn::`.
const FUNCTIONS: &ForeignWords = &[
    ("And", "`${one && other}`"),
    ("Base64", "`${base64(text)}`"),
    ("Cidr", "`${cidr_subnet(network, bits, number)}`"),
    ("Condition", "`when: ${…}`"),
    ("Equals", "`${one == other}`"),
    ("FindInMap", "`${config.map[key]}`, with the map in `config`"),
    ("GetAZs", "`${azs(2)}`"),
    ("GetAtt", "`${name.Attribute}`"),
    ("If", "`${condition ? one : other}`"),
    ("ImportValue", "the value itself, or a `lookup` of the object"),
    ("Join", "`${list.join(\"-\")}`, or a text with `${…}` in it"),
    ("Not", "`${!condition}`"),
    ("Or", "`${one || other}`"),
    ("Ref", "`${name.Attribute}` for a resource, `${config.name}` for a parameter"),
    ("Select", "`${list[0]}`"),
    ("Split", "`${text.split(\",\")}`"),
    ("Sub", "the text with `${…}` in it"),
    ("ToJsonString", "`${json(value)}`"),
];

/// CloudFormation's pseudo parameters, without `AWS::`.
const PSEUDO_PARAMETERS: &ForeignWords = &[
    ("AccountId", "write `${stack.account}`"),
    ("NoValue", "leave the property out, or let its expression give `null`"),
    ("Partition", "write `aws`, or that of your region"),
    ("Region", "write `${stack.region}`"),
    ("StackName", "write `${stack.name}`"),
    ("URLSuffix", "write `amazonaws.com`, or that of your region"),
];

/// What to write for one of CloudFormation's functions: `!Join` or `Fn::Join`, and for what it is applied to, where that
/// decides: `AWS::Region` of `!Ref AWS::Region`.
pub(super) fn function(name: &str, argument: Option<&str>) -> Option<String> {
    let name = name.strip_prefix("Fn::").unwrap_or(name);
    let pseudo = argument.filter(|_| name == "Ref").and_then(pseudo_parameter);
    let written = || find(FUNCTIONS, name).map(|written| format!("write {written}"));
    pseudo.map(str::to_owned).or_else(written)
}

/// What to write for `AWS::Region` and the like.
pub(super) fn pseudo_parameter(text: &str) -> Option<&'static str> {
    find(PSEUDO_PARAMETERS, text.trim().strip_prefix("AWS::")?)
}

/// What to write for what expressions of other tools begin with: `var.size`, `aws_kms_key.main.arn`.
pub(super) fn root(name: &str) -> Option<&'static str> {
    match name {
        "local" | "var" => Some("write `${config.NAME}`"),
        "data" => Some("write a resource with `lookup`, and read it: `${name.Attribute}`"),
        "module" => Some("write `${name.Attribute}` of the resource itself"),
        _ if name.starts_with("aws_") => Some("write `${name.Attribute}`, with the name of the resource in this file"),
        _ => None,
    }
}

/// What to write for a word that one of them is.
pub(super) fn find(words: &ForeignWords, word: &str) -> Option<&'static str> {
    words.iter().find(|(foreign, _)| *foreign == word).map(|(_, help)| *help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudo_parameter_decides_what_a_reference_is() {
        assert_eq!(function("Ref", Some("AWS::Region")).as_deref(), Some("write `${stack.region}`"));
        assert!(function("Ref", Some("jobs")).is_some_and(|help| help.contains("${name.Attribute}")));
        assert_eq!(function("Fn::Select", None).as_deref(), Some("write `${list[0]}`"));
        assert_eq!(function("Made::Up", None), None);
    }
}
