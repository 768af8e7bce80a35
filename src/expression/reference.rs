/// Something that an expression reads: a root and the way into it, `subnet["a"].SubnetId`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// `config`, `stack`, `each`, or a resource's name.
    pub root: String,
    pub segments: Vec<ReferenceSegment>,
    pub access: Access,
    /// Where the root stands in the expression, in bytes.
    pub offset: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReferenceSegment {
    /// A field, or a literal index of a map.
    Key(String),
    /// A literal index of a list.
    Index(usize),
    /// An index that is the member's own key: `subnet[each.key]`.
    EachKey,
    /// An index that is the member's own value: `subnet[each.value]`.
    EachValue,
    /// An index that only the evaluation knows: any element may be meant.
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// The value, all of it.
    Value,
    /// The keys if it is a map, all of it if it is a list: what `map` and `filter` run over.
    Keys,
    /// How many entries it has: `size(a.b)`.
    Size,
    /// Whether it is there: `has(a.b)`, `a.?b`.
    Test,
}

impl Reference {
    /// The way on from here: the other reference's segments and what it does there.
    pub fn then(&self, other: &Self) -> Self {
        let segments = self.segments.iter().chain(&other.segments).cloned().collect();
        Self { root: self.root.clone(), segments, access: other.access, offset: other.offset }
    }

    /// How long the path is in the expression, as far as that is certain: `jobs.Arn`.
    pub fn length(&self) -> usize {
        let fields = self.segments.iter().map_while(|segment| match segment {
            ReferenceSegment::Key(key) => Some(1 + key.len()),
            _ => None,
        });
        self.root.len() + fields.sum::<usize>()
    }

    /// The first field, if it is written out.
    pub fn first_key(&self) -> Option<&str> {
        match self.segments.first() {
            Some(ReferenceSegment::Key(key)) => Some(key),
            _ => None,
        }
    }
}
