//! The way to AWS: clients per region, error classes, waits on conditions.

mod call_counter;
mod call_guard;
mod caller;
mod clients;
mod context;
mod error;
mod error_kind;
mod http_client;
mod settings;
mod state_clients;
mod wait;
mod young_object;

pub use call_counter::CallCounter;
pub use call_guard::{CallGuard, Forbidden, Permission};
pub use caller::Caller;
pub use clients::Clients;
pub use context::{Context, Progress};
pub use error::{AwsError, CallError, CallResult};
pub use error_kind::ErrorKind;
pub use settings::Settings;
pub use state_clients::StateClients;
pub use wait::Wait;
pub use young_object::{YoungObject, YoungObjects};
