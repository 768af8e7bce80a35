//! What `infra` can do to each AWS resource type: one driver a type, one line of the registry each.

// First, so that the modules after it can use its macros.
#[macro_use]
pub mod mirror;

mod call_budget;
mod concurrent;
mod created;
mod deletion;
mod desired;
mod driver;
mod ec2;
mod ecs;
mod elbv2;
mod finding;
mod form;
mod iam;
mod infra;
mod live;
mod logs;
mod lost_answer;
mod meaning;
mod name_rule;
mod number_text;
mod on_delete;
mod owner;
mod placeholder;
mod rds;
mod read_request;
mod registry;
mod reserved_names;
mod resource_id;
mod route53;
mod s3;
mod secretsmanager;
mod source;
mod sqs;
pub mod tags;
mod uniqueness;
mod update;

pub use call_budget::{CallBudget, service_of};
pub use concurrent::concurrently;
pub use created::{CreateError, Created};
pub use deletion::Deletion;
pub use desired::{Desired, Ownership};
pub use driver::{Driver, ReplaceOrder};
pub use finding::find;
pub use form::{Form, listed, meaning};
pub use live::Live;
pub use lost_answer::SHOWN_WITHIN;
pub use meaning::Meaning;
pub use name_rule::NameRule;
pub use number_text::NumberText;
pub use on_delete::OnDelete;
pub use owner::Owner;
pub use read_request::{ReadRequest, Wanted};
pub use registry::Registry;
pub use reserved_names::ReservedNames;
pub use resource_id::ResourceId;
pub use source::Source;
pub use tags::TagChange;
pub use uniqueness::{Apart, Part, Uniqueness};
pub use update::Update;

/// Properties in the shape of AWS's resource schema: PascalCase names, every value known.
pub type Properties = serde_json::Map<String, serde_json::Value>;
