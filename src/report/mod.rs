//! One plan and one apply, rendered for people and for programs.

mod apply_text;
mod difference_text;
pub mod document;
mod done_text;
mod drift_json;
mod drift_text;
mod header;
mod history_table;
mod inputs_text;
mod output_text;
mod paint;
mod plan_json;
mod plan_text;
pub mod printer;
mod progress;
mod record_text;
mod schema_text;
mod settings_text;
mod spinner;
mod step_text;
mod summary_text;
mod terminal_echo;
mod value_text;

pub use apply_text::{apply_text, failures_told};
pub use drift_json::drift_json;
pub use drift_text::{DriftReport, drift_text};
pub use header::{Header, plural};
pub use history_table::{history_table, record_title};
pub use paint::Paint;
pub use plan_json::{PlanJson, plan_json};
pub use plan_text::{PlanText, plan_text};
pub use progress::Progress;
pub use record_text::record_text;
pub use schema_text::schema_text;
pub use spinner::Spinner;
pub use terminal_echo::TerminalEcho;
