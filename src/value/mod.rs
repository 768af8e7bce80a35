//! Values as a plan sees them: JSON, and the parts that only an apply will know.

mod value;

pub use value::{Unknown, Value};
