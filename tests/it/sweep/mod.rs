//! The promise that whatever happens to a run, the next one brings the same account: nothing orphaned, doubled or lost.
//!
//! One stack goes through its life in an account of its own. In each phase something happens to the run: it is killed at
//! one API call, or its calls go wrong. Then the same command runs again, and what the account holds is compared with
//! what an undisturbed run leaves.

mod after_kills;
mod case;
mod choice;
mod clean;
mod drivers;
mod fault;
mod faults;
mod figures;
mod finding;
mod inventory;
mod kills;
mod lost_answers;
mod neighbours;
mod object;
mod observer;
mod phase;
mod picture;
mod place;
mod schedule;
mod shop;
mod sleepers;
mod spelling;
mod workers;
