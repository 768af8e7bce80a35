//! The way to AWS: clients per region, error classes, waits on conditions.

mod call_counter;
mod caller;
mod clients;
mod context;
mod error;
mod error_kind;
mod settings;
mod wait;

pub use call_counter::CallCounter;
pub use caller::Caller;
pub use clients::Clients;
pub use context::{Context, Progress};
pub use error::{AwsError, CallError, CallResult};
pub use error_kind::ErrorKind;
pub use settings::Settings;
pub use wait::Wait;
