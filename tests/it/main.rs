//! Everything that needs AWS emulators or the built binary: one crate, so that the SDK is linked once.

mod applications;
mod command_line;
mod commands;
mod config;
mod conformance;
mod credentials;
mod emulators;
mod encryption;
mod environment;
mod history;
mod interrupted;
mod keys;
mod lost_answers;
mod measurements;
mod network;
mod normalize;
mod planning;
mod proxy;
mod rollback;
mod safety;
mod secrets;
mod state;
mod sweep;
mod unique;
mod world;
mod young;
