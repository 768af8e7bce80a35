//! `infra validate` beside AWS's own linter: the same stacks as stack files and as CloudFormation templates, right ones and
//! ones with one mistake each. Where the two judge differently, `tests/linter/differences.yaml` says why.

mod agreement;
mod case;
mod difference;
mod finding;
mod places;
mod template;
mod tools;
