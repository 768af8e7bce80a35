//! Whole stack files, from their text to what the rest of the program sees of them.

mod conditions;
mod cycles;
mod evaluation;
mod files;
mod fit;
mod fixture;
mod form;
mod header;
mod inputs;
mod limits;
mod members;
mod moves;
mod options;
mod references;
mod scalars;
mod scale;
mod secrets;
mod stored;
mod together;
mod words;
