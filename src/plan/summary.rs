use serde::{Deserialize, Serialize};

use super::{Action, Step};

/// How many steps of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub create: usize,
    pub update: usize,
    pub replace: usize,
    pub delete: usize,
    pub import: usize,
    pub r#move: usize,
    pub forget: usize,
    pub refused: usize,
    pub unchanged: usize,
    /// What the command is not about.
    pub left_out: usize,
    /// Outputs of the stack that change.
    pub outputs: usize,
    /// What changes about the stack itself.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub settings: usize,
}

impl Summary {
    pub fn of(steps: &[Step]) -> Self {
        let mut summary = Self::default();
        for step in steps {
            *summary.count(step) += 1;
        }
        summary
    }

    fn count(&mut self, step: &Step) -> &mut usize {
        match step.action {
            // Former objects that an earlier run left go all the same.
            Action::NoChange if step.wave > 0 || step.is_change() => &mut self.update,
            _ if step.work.left_out => &mut self.left_out,
            _ if step.is_move() => &mut self.r#move,
            Action::Create => &mut self.create,
            Action::Update => &mut self.update,
            Action::Replace(_) => &mut self.replace,
            Action::Delete => &mut self.delete,
            Action::Import => &mut self.import,
            Action::Move => &mut self.r#move,
            Action::Forget => &mut self.forget,
            Action::NoChange => &mut self.unchanged,
            Action::Refused => &mut self.refused,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}
