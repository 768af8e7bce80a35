use super::{Properties, ReservedNames};

/// How AWS names objects of a type, where the user gives no name.
#[derive(Debug, Clone, Copy)]
pub struct NameRule {
    /// The property that holds the physical name: `QueueName`.
    pub property: &'static str,
    /// The longest name that AWS takes, in characters, suffix included.
    pub max_length: usize,
    /// Lower case only (buckets, database identifiers).
    pub lowercase: bool,
    /// Objects of one name are revisions of each other, which AWS numbers: a new one needs no new name.
    pub revisions: bool,
    /// Names that differ in case alone are one to AWS (roles).
    pub ignores_case: bool,
    /// What a generated name must not be.
    pub reserved: ReservedNames,
    /// What every name must end with: `.fifo` for a FIFO queue.
    pub suffix: fn(&Properties) -> &'static str,
}

impl NameRule {
    pub const fn new(property: &'static str, max_length: usize) -> Self {
        Self {
            property,
            max_length,
            lowercase: false,
            revisions: false,
            ignores_case: false,
            reserved: ReservedNames::NONE,
            suffix: |_| "",
        }
    }

    pub const fn lowercase(property: &'static str, max_length: usize) -> Self {
        Self { lowercase: true, ignores_case: true, ..Self::new(property, max_length) }
    }

    pub const fn avoiding(self, reserved: ReservedNames) -> Self {
        Self { reserved, ..self }
    }

    pub const fn revisions(property: &'static str, max_length: usize) -> Self {
        Self { revisions: true, ..Self::new(property, max_length) }
    }
}
