//! Names and accounts that no other test has, so that tests share emulators without seeing each other.

use uuid::Uuid;

/// Twelve digits, the first of them not zero.
pub fn account() -> String {
    let number = Uuid::new_v4().as_u128() % 900_000_000_000;
    (number + 100_000_000_000).to_string()
}

/// `t` and eleven of `[0-9a-f]`: fit for every kind of physical name.
pub fn name() -> String {
    format!("t{}", &Uuid::new_v4().simple().to_string()[..11])
}
