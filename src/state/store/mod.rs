//! Where state lies: objects by key with conditional writes, in an S3 bucket or in a folder.

mod bucket;
mod bucket_policy;
mod bucket_report;
mod condition;
mod contents;
mod error;
mod local;
mod location;
mod probe;
mod response_date;
mod s3;
mod s3_access;
mod store;
#[cfg(test)]
pub(crate) mod testing;

pub use bucket::prepare_bucket;
pub use bucket_report::{BucketReport, BucketSetting, SettingOutcome};
pub use condition::{Condition, ObjectVersion, PutOutcome};
pub use contents::Stored;
pub use error::StoreError;
pub use local::LocalStore;
pub use location::Location;
pub use probe::probe;
pub use s3::S3Store;
pub use s3_access::S3Clients;
pub use store::Store;
