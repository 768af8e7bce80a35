/// What a stack is called: its state lies under these names, and its objects' tags have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackName {
    pub project: String,
    pub stack: String,
}
