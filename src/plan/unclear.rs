use super::reference::stands_alone;
use crate::resources::{Form, Registry, listed};

/// Why a text names no object that could be imported, and what would.
#[derive(Debug)]
pub struct Unclear {
    pub message: String,
    pub hint: String,
}

impl Unclear {
    /// A kind that no driver is for.
    pub(super) fn kind(kind: &str) -> Self {
        let message = match kind.starts_with("Infra::") {
            true => format!("what is of {kind} exists in state alone, so that there is nothing to import"),
            false => format!("no driver of this infra is for `{kind}`"),
        };
        Self { message, hint: "`infra schema` lists the types that have a native driver".to_owned() }
    }

    /// A text that no type of the kind takes.
    pub(super) fn form(kind: &str, text: &str, forms: &str) -> Self {
        if forms.is_empty() {
            return Self::kind(kind);
        }
        Self { message: format!("`{text}` names no {kind}"), hint: format!("what does is {forms}") }
    }

    /// A text that could be anything.
    pub(super) fn plain(text: &str, registry: &Registry) -> Self {
        let forms = registry.iter().flat_map(|driver| driver.forms()).filter(stands_alone);
        let hint = format!(
            "write its service or its type before it, as in `rds:{text}` or `AWS::RDS::DBCluster:{text}`; ARNs need none, and \
             neither do {}",
            listed(forms)
        );
        Self { message: format!("`{text}` does not say what it is"), hint }
    }

    /// An ARN of no form that a driver has.
    pub(super) fn arn(text: &str, registry: &Registry) -> Self {
        let service = text.split(':').nth(2).unwrap_or_default();
        let is_of_service = |form: &&Form| form.is_arn() && form.pattern.split(':').nth(2) == Some(service);
        let forms: Vec<&Form> = registry.iter().flat_map(|driver| driver.forms()).filter(is_of_service).collect();
        if forms.is_empty() {
            return Self::kind(service);
        }
        let message = format!("`{text}` is the ARN of no type that has a driver");
        Self { message, hint: format!("of {service}, these have one: {}", listed(forms)) }
    }
}
