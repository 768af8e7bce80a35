/// What no two objects of a type can share: the written properties that make an object the only one of its kind.
#[derive(Debug, Clone)]
pub struct Uniqueness {
    pub parts: Vec<Part>,
    /// True where objects in different regions cannot share it either.
    pub global: bool,
    /// What lets objects that share it exist side by side all the same; `None` where nothing does.
    pub apart: Option<Apart>,
}

/// Properties by which AWS tells objects apart that have the rest in common.
#[derive(Debug, Clone)]
pub struct Apart {
    pub properties: Vec<&'static str>,
    /// True if two objects with these values, in the order of `properties`, cannot exist side by side. An absent value is empty.
    pub clash: fn(&[&str], &[&str]) -> bool,
}

/// One property that counts, or the first of several that is written.
#[derive(Debug, Clone)]
pub struct Part {
    pub properties: Vec<&'static str>,
    /// What counts where none is written; `None` where nothing can be told then.
    pub default: Option<&'static str>,
    /// From the property and its text to what AWS compares.
    pub form: fn(&'static str, &str) -> String,
}

impl Uniqueness {
    pub fn by(parts: impl Into<Vec<Part>>) -> Self {
        Self { parts: parts.into(), global: false, apart: None }
    }

    pub fn unless(self, properties: impl Into<Vec<&'static str>>, clash: fn(&[&str], &[&str]) -> bool) -> Self {
        Self { apart: Some(Apart { properties: properties.into(), clash }), ..self }
    }

    pub fn in_all_regions(self) -> Self {
        Self { global: true, ..self }
    }
}

impl Part {
    pub fn of(properties: impl Into<Vec<&'static str>>) -> Self {
        Self { properties: properties.into(), default: None, form: |_, text| text.to_owned() }
    }

    pub fn or(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    pub fn with_form(self, form: fn(&'static str, &str) -> String) -> Self {
        Self { form, ..self }
    }

    pub fn ignoring_case(self) -> Self {
        self.with_form(|_, text| text.to_lowercase())
    }
}
