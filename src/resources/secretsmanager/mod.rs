mod generate;
mod replicas;
mod secret;

pub use secret::Secret;
