mod log_group;
mod log_group_policies;

pub use log_group::LogGroup;
