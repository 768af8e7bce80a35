use serde_json::Value as Json;

/// The path of what begins or ends on each line of a value's pretty text.
pub(super) fn paths(value: &Json) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    visit(value, &mut Vec::new(), &mut lines);
    lines
}

fn visit(value: &Json, path: &mut Vec<String>, lines: &mut Vec<Vec<String>>) {
    let inside: Vec<(String, &Json)> = match value {
        Json::Object(entries) => entries.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Json::Array(items) => items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    lines.push(path.clone());
    for (step, value) in &inside {
        path.push(step.clone());
        visit(value, path, lines);
        path.pop();
    }
    // An empty one is opened and closed on one line.
    if !inside.is_empty() {
        lines.push(path.clone());
    }
}
