use super::fixture::{Folder, properties};
use crate::stack::{LoadOptions, NothingKnown, Stack};

const STACK: &str = "project: shop\nregion: us-west-2\nconfig: { timeout: 45 }\nresources:\n  jobs:\n    \
                     type: AWS::SQS::Queue\n    properties:\n      VisibilityTimeout: ${config.timeout}\n      \
                     QueueName: ${file('name.txt')}\n";

#[test]
fn a_stack_is_loaded_again_from_its_texts_alone() {
    let folder = Folder::new(&[("dev.yaml", STACK), ("name.txt", "jobs")]);
    let stack = folder.load("dev", &[("timeout", "60")]).expect("a stack");
    let inputs = stack.inputs();
    assert_eq!(inputs.file, "dev.yaml");
    assert_eq!(inputs.files["name.txt"], "jobs");
    assert_eq!(inputs.overrides, [("timeout".to_owned(), "60".to_owned())]);
    let expected = properties(&stack, "jobs", &NothingKnown);
    drop(folder);
    let options = LoadOptions { overrides: &inputs.overrides, ..LoadOptions::default() };
    let again = Stack::from_inputs("record 1".as_ref(), "dev", &inputs, &options).expect("the same stack");
    assert_eq!(properties(&again, "jobs", &NothingKnown), expected);
    assert_eq!((again.digest.as_str(), again.inputs()), (stack.digest.as_str(), inputs));
}

#[test]
fn a_file_that_was_not_kept_is_not_read_from_the_folder() {
    let folder = Folder::new(&[("dev.yaml", STACK), ("name.txt", "jobs")]);
    let mut inputs = folder.load("dev", &[]).expect("a stack").inputs();
    inputs.files.clear();
    let errors = Stack::from_inputs(folder.path(), "dev", &inputs, &LoadOptions::default()).err().expect("an error");
    assert!(folder.shown(&errors).contains("stacks/name.txt was not kept"), "{errors}");
}
