//! Everything that needs AWS emulators or the built binary: one crate, so that the SDK is linked once.

mod conformance;
mod emulators;
mod proxy;
mod unique;
