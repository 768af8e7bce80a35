//! Amazon S3: buckets and the configurations that each has.

mod accelerate;
mod access_control;
mod bucket;
mod configuration;
mod cors;
mod empty;
mod encryption;
mod lifecycle;
mod lifecycle_rule;
mod logging;
mod notification;
mod object_lock;
mod outputs;
mod ownership;
mod public_access_block;
mod tags;
mod timestamp;
mod versioning;
mod website;

pub use bucket::Bucket;
