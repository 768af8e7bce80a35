//! What a task is given: CPU and memory, which can be written in several units.

use serde_json::Value;

use crate::resources::Properties;

/// CPU in units and memory in MiB, as ECS answers.
/// Source: ECS developer guide, "Task definition parameters", task size.
pub(super) fn canonicalize(properties: &mut Properties) {
    for (property, unit) in [("Cpu", "VCPU"), ("Memory", "GB")] {
        if let Some(value) = properties.get_mut(property)
            && let Some(size) = in_thousands(value, unit)
        {
            *value = size.into();
        }
    }
}

/// `0.25 vCPU` as `256`, `2GB` as `2048`, `512` as it is.
fn in_thousands(value: &Value, unit: &str) -> Option<String> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        other => other.as_str()?.to_uppercase(),
    };
    let Some(count) = text.strip_suffix(unit) else { return Some(text) };
    let count: f64 = count.trim().parse().ok()?;
    Some(format!("{:.0}", count * 1024.0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sizes_have_one_spelling() {
        for (written, canonical) in [
            (json!({"Cpu": ".25 vcpu", "Memory": "2GB"}), json!({"Cpu": "256", "Memory": "2048"})),
            (json!({"Cpu": 1024, "Memory": "3 GB"}), json!({"Cpu": "1024", "Memory": "3072"})),
        ] {
            let mut properties = written.as_object().cloned().unwrap();
            canonicalize(&mut properties);
            assert_eq!(Value::Object(properties), canonical);
        }
    }
}
