use super::{PathSegment, PropertyPath};

/// The way to a value while it is being walked: a path that costs nothing until somebody asks for it.
#[derive(Clone, Copy)]
pub(super) enum Trail<'a> {
    Root,
    Key(&'a Trail<'a>, &'a str),
    Index(&'a Trail<'a>, usize),
}

impl Trail<'_> {
    /// True if a path leads here; its `*` stands for any item or entry.
    pub(super) fn is_at(&self, path: &[PathSegment]) -> bool {
        match (self, path.split_last()) {
            (Trail::Root, None) => true,
            (Trail::Key(around, name), Some((PathSegment::Key(last), before))) => name == last && around.is_at(before),
            (Trail::Index(around, index), Some((PathSegment::Index(last), before))) => {
                index == last && around.is_at(before)
            }
            (Trail::Key(around, _) | Trail::Index(around, _), Some((PathSegment::Any, before))) => around.is_at(before),
            _ => false,
        }
    }

    pub(super) fn path(&self) -> PropertyPath {
        let mut segments = Vec::new();
        let mut at = self;
        loop {
            at = match at {
                Trail::Root => break,
                Trail::Key(around, name) => {
                    segments.push(PathSegment::Key((*name).to_owned()));
                    around
                }
                Trail::Index(around, index) => {
                    segments.push(PathSegment::Index(*index));
                    around
                }
            };
        }
        segments.into_iter().rev().collect()
    }
}
