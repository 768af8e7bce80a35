//! Values as a plan sees them: JSON, and the parts that only an apply will know.

mod numeral;
mod value;

pub use numeral::Numeral;
pub use value::{Unknown, Value};
