//! One endpoint in front of the emulators that records every call and can make any of them go wrong.

mod call;
mod fault;
mod identify;
mod log;
mod moment;
mod rest;
mod routes;
mod rule;
mod server;
#[cfg(test)]
mod tests;
mod tokens;

pub use call::Call;
pub use moment::{Hold, Moment};
pub use routes::Routes;
pub use rule::{On, is_of};
pub use server::Proxy;
