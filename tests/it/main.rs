//! Everything that needs AWS emulators or the built binary: one crate, so that the SDK is linked once.

mod applications;
mod command_line;
mod commands;
mod conformance;
mod credentials;
mod emulators;
mod environment;
mod interrupted;
mod lost_answers;
mod measurements;
mod network;
mod normalize;
mod planning;
mod proxy;
mod safety;
mod sweep;
mod unique;
mod world;
