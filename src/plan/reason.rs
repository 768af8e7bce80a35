use std::fmt;

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::resources::Owner;

/// Why a step does what it does. Each displays as half a sentence that can stand behind the action's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Known to state, but AWS has no such object any more.
    Gone,
    /// A create was intended and never became an object.
    NeverMade,
    /// At least one value differs only because AWS was changed by someone else.
    Drift,
    /// A property that AWS only takes at creation differs.
    CreateOnly {
        property: String,
    },
    /// A property that AWS only takes at creation will be known after its resource is made.
    CreateOnlyUnknown {
        property: String,
    },
    TypeChanged {
        from: String,
    },
    RegionChanged {
        from: String,
    },
    /// Old and new cannot exist side by side under one name.
    FixedName {
        name: String,
    },
    /// Old and new cannot exist side by side with the same properties.
    OnlyOne {
        what: String,
    },
    /// A resource it depends on is deleted first.
    DependencyDeletedFirst {
        dependency: Address,
    },
    /// An earlier run made the object and could not configure it.
    Unfinished,
    /// An object that was replaced earlier still waits for its deletion.
    Superseded {
        id: String,
    },
    NotInFile,
    WhenFalse,
    /// The `for_each` of its name does not give it any more.
    NotAMember,
    /// `on_delete: retain`.
    Retained,
    MovedFrom {
        from: Address,
    },
    Imported {
        id: String,
    },
    /// The file gives an imported object a value that AWS only takes at creation.
    ImportDiffers {
        property: String,
    },
    /// `on_delete: retain`, and the old object has to go before the new one can be made.
    RetainedInPlace,
    /// `on_delete: retain` of an object that is replaced.
    FormerKept,
    /// `on_delete: snapshot` of an object that goes.
    LastSnapshot,
    Protected {
        from: String,
    },
    /// Another address has the object that this one is to be. `moves`: `moved_from` would keep it.
    Held {
        by: Address,
        moves: bool,
    },
    /// Another address has the object's identity, and lets go of it before.
    AfterRelease {
        by: Address,
        moves: bool,
    },
    /// The old object would have to go first, and AWS deletes none that is in use.
    InUse {
        by: Address,
    },
    /// It was to go, and the command leaves out what still uses it.
    StillUsed {
        by: Address,
    },
    /// As `InUse`, by what no resource of the stack is.
    Occupied {
        by: String,
    },
    /// Two replacements take each other's identities.
    Swapped {
        with: Address,
    },
    /// Two addresses have one object, and the other one stays.
    SharedWith {
        address: Address,
    },
    /// What the new object is made from is not there.
    SourceMissing {
        property: String,
        source: String,
        region: String,
    },
    /// The file takes the protection back that state has, and has not been applied yet.
    ProtectedYet {
        from: String,
    },
    /// An ephemeral stack took the object in.
    ImportProtected {
        from: String,
    },
    /// What is to be imported has another stack's tags.
    OfAnother {
        owner: Owner,
    },
    /// As `OfAnother`, in a stack that takes nothing over.
    NotForEphemeral {
        owner: Owner,
    },
    /// What state has is another stack's by now.
    TakenAway {
        owner: Owner,
    },
    /// `--take-over`
    TakesOver {
        owner: Owner,
    },
    /// What is taken over is not replaced by the same plan.
    TakenOverFirst,
    /// Another stack's object leaves this stack's state.
    StaysWith {
        owner: Owner,
    },
    /// An object that an earlier run replaced is another stack's by now.
    FormerStaysWith {
        id: String,
        owner: Owner,
    },
    /// The file looks up what state has as the stack's own.
    LookedUp {
        is_released: bool,
    },
}

impl Reason {
    /// True if an object is not this stack's to take.
    pub fn is_ownership(&self) -> bool {
        matches!(self, Self::OfAnother { .. } | Self::NotForEphemeral { .. })
    }

    /// True if it says that the file does not have the resource.
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::NotInFile | Self::WhenFalse | Self::NotAMember)
    }

    /// True if `--allow-destroy` is the way around it.
    pub fn is_protection(&self) -> bool {
        matches!(self, Self::Protected { .. } | Self::ProtectedYet { .. } | Self::ImportProtected { .. })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => write!(formatter, "deleted outside of infra"),
            Self::NeverMade => write!(formatter, "an earlier run did not make it"),
            Self::Drift => write!(formatter, "drift"),
            Self::CreateOnly { property } => write!(formatter, "{property} cannot be updated"),
            Self::CreateOnlyUnknown { property } => {
                write!(formatter, "{property} cannot be updated and is known after apply")
            }
            Self::TypeChanged { from } => write!(formatter, "was {from}"),
            Self::RegionChanged { from } => write!(formatter, "was in {from}"),
            Self::FixedName { name } => write!(formatter, "its name {name} can exist only once"),
            Self::OnlyOne { what } => write!(formatter, "there can be only one with {what}"),
            Self::DependencyDeletedFirst { dependency } => write!(formatter, "{dependency} is deleted first"),
            Self::Unfinished => write!(formatter, "finishes what an earlier run began"),
            Self::Superseded { id } => write!(formatter, "replaced earlier, {id} is still there"),
            Self::NotInFile => write!(formatter, "no longer in the stack file"),
            Self::WhenFalse => write!(formatter, "its `when` is false"),
            Self::NotAMember => write!(formatter, "its `for_each` no longer gives it"),
            Self::Retained => write!(formatter, "kept in AWS: on_delete is retain"),
            Self::MovedFrom { from } => write!(formatter, "moved from {from}"),
            Self::Imported { id } => write!(formatter, "imports {id}"),
            Self::ImportDiffers { property } => {
                write!(formatter, "{property} differs and cannot be updated: write what the object has")
            }
            Self::RetainedInPlace => {
                write!(formatter, "on_delete is retain, and the old object would have to go first")
            }
            Self::FormerKept => write!(formatter, "the former one is kept"),
            Self::LastSnapshot => write!(formatter, "takes a last snapshot"),
            Self::Protected { from } => {
                write!(formatter, "protected; name it with --allow-destroy to {from} it")
            }
            Self::Held { by, moves: true } => {
                write!(formatter, "is the object of {by}: keep it with `moved_from: {by}`")
            }
            Self::Held { by, moves: false } => write!(formatter, "would be the object that {by} has now"),
            Self::AfterRelease { by, moves: true } => {
                write!(formatter, "made anew when {by} is gone; `moved_from: {by}` would keep the object")
            }
            Self::AfterRelease { by, moves: false } => write!(formatter, "waits until {by} is out of the way"),
            Self::InUse { by } => write!(
                formatter,
                "AWS does not delete it while {by} uses it: change it so that the new one can be made beside it, with a name \
                 of its own or none, or take the use out in an apply before"
            ),
            Self::StillUsed { by } => write!(formatter, "{by} still uses it, and is left out"),
            Self::Occupied { by } => write!(
                formatter,
                "AWS does not delete it while it is in use by {by}: change it so that the new one can be made beside it, or \
                 free it first"
            ),
            Self::Swapped { with } => write!(formatter, "takes the name of {with}"),
            Self::SharedWith { address } => write!(formatter, "its object is also the one of {address}, which stays"),
            Self::SourceMissing { property, source, region } => {
                write!(formatter, "{property}: there is no {source} in {region}")
            }
            Self::ProtectedYet { from } => write!(
                formatter,
                "protected until `protect: false` is applied; name it with --allow-destroy to {from} it now"
            ),
            Self::ImportProtected { from } => write!(
                formatter,
                "protected, as it was imported; name it with --allow-destroy to {from} it, or let it go with `infra state \
                 rm` or `on_delete: retain`"
            ),
            Self::OfAnother { owner } => {
                write!(formatter, "belongs to {owner}: use it with `lookup`, or move it here with --take-over")
            }
            Self::NotForEphemeral { owner } => {
                write!(formatter, "belongs to {owner}, and an ephemeral stack takes nothing over: use it with `lookup`")
            }
            Self::TakenAway { owner } => write!(
                formatter,
                "belongs to {owner} by now: write `lookup` in its place, or move it back with --take-over"
            ),
            Self::TakesOver { owner } => write!(formatter, "takes it over from {owner}"),
            Self::TakenOverFirst => {
                write!(formatter, "take it over with what it has; the apply after that may replace it")
            }
            Self::StaysWith { owner } => write!(formatter, "stays in AWS: belongs to {owner} by now"),
            Self::FormerStaysWith { id, owner } => {
                write!(formatter, "replaced earlier, {id} stays in AWS: belongs to {owner} by now")
            }
            Self::LookedUp { is_released: true } => {
                write!(formatter, "looked up by now: stays in AWS, without this stack's ownership tags")
            }
            Self::LookedUp { is_released: false } => write!(formatter, "looked up by now: stays in AWS"),
        }
    }
}
