mod role;
mod role_policies;

pub use role::Role;
