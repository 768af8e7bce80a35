//! Expressions: CEL inside `${…}`, what they refer to, and how their values come to be.

mod cidr_subnet;
mod engine;
mod expression;
mod failure;
mod files;
mod functions;
mod language;
mod ordered;
mod parse;
mod path;
mod split;
mod stored;
mod walk;
mod zones;

pub(super) use engine::{Each, Engine, Frame, Group, Outcome};
pub(super) use expression::{Compiler, Expression};
pub(super) use failure::Failure;
pub(super) use files::Files;
pub(super) use language::{RESERVED, unknown_function, wrong_count};
pub(super) use split::{Piece, split};
pub(super) use stored::gives_secrets;
