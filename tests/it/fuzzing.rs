//! The texts that fuzzing begins with, as many ways through the stack language: those of the tests and the documentation.

#[path = "../../fuzz/src/harness.rs"]
mod harness;

fn texts(target: &str) -> Vec<String> {
    let path = format!("{}/fuzz/corpus/{target}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("a corpus")).expect("a list of texts")
}

#[test]
fn every_stack_file_of_the_corpus_is_read_or_refused() {
    texts("stack_file").iter().for_each(|text| harness::stack_file(text));
}

#[test]
fn every_expression_of_the_corpus_is_evaluated_or_refused() {
    texts("expression").iter().for_each(|text| harness::expression(text));
}
