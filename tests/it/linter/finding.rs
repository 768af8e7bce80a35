use std::fmt;

/// Something that one of the two refuses.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    /// `jobs.RedrivePolicy`, or `jobs` for a resource as a whole.
    pub place: String,
    pub message: String,
}

impl Finding {
    /// One at a path of a stack file or of a template, `[resources, jobs, properties, RedrivePolicy]`.
    pub fn at(path: &[String], message: &str) -> Self {
        let inside = path.get(3..).unwrap_or_default().iter();
        let place: Vec<&str> = path.get(1).into_iter().chain(inside).map(String::as_str).collect();
        Self { place: place.join("."), message: message.to_owned() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.message)
    }
}
