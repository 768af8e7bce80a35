use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::departure::LookedUp;
use super::lookup::{self, Findings};
use super::reading::{ReadObjects, Reading};
use super::{Attributes, Claim, Claims, Inputs, PlanError, Reads, imports, interrupted, moves};
use crate::address::Address;
use crate::resources::{Live, Owner, ResourceId};
use crate::schema::ResourceSchema;
use crate::stack::{Referenced, Stack};
use crate::state::{FingerprintKey, ResourceState};

/// All that is known before anything is decided: what is wanted, what state has, and what AWS has.
pub struct Situation<'a> {
    pub inputs: Inputs<'a>,
    pub key: FingerprintKey,
    /// What is wanted; `None` where the end of the stack is planned.
    pub stack: Option<&'a Stack>,
    /// State under the addresses of the file.
    pub state: BTreeMap<Address, ResourceState>,
    /// Where moved resources come from.
    pub origins: HashMap<Address, Address>,
    pub live: HashMap<Address, Arc<Live>>,
    /// What the file's expressions read of each name.
    pub referenced: HashMap<&'a str, Referenced<'a>>,
    /// The attributes of what was looked up.
    pub lookups: Attributes,
    pub looked_up: LookedUp,
    /// Former objects of state that are another stack's by now.
    pub taken: BTreeMap<Address, BTreeMap<ResourceId, Owner>>,
    /// How many objects were read.
    pub read: usize,
}

impl<'a> Situation<'a> {
    /// Looks at all there is. `order` are the file's resources, dependencies first.
    ///
    /// # Errors
    /// Diagnostics of lookups and imports; `PlanError::Read` where AWS does not answer.
    pub async fn learn(inputs: Inputs<'a>, order: &[Address]) -> Result<Self, PlanError> {
        let Inputs { stack: file, snapshot, catalog, reader, options, vault, whole, .. } = inputs;
        let stack = file.filter(|_| !options.destroy);
        let key = snapshot.fingerprint_key.opened(vault);
        let Findings { attributes: lookups, objects: looked_up } = match stack {
            Some(stack) => lookup::resolve(stack, order, catalog, reader, &key).await?,
            None => Findings::default(),
        };
        let (mut state, origins) = match stack {
            Some(stack) => moves::moved(stack, &snapshot.resources),
            None => (snapshot.resources.clone(), HashMap::new()),
        };
        state.values_mut().for_each(|state| state.outputs = vault.opened(&state.outputs));
        if let Some(reader) = reader {
            state = interrupted::found(state, (stack, file), (snapshot, &key), reader).await?;
        }
        let mut imported = inputs.imports.clone();
        if let (Some(stack), Some(reader)) = (stack, reader) {
            imported.extend(imports::find(stack, &state, &imported, reader).await?);
        }
        let referenced = stack.map(Stack::referenced).unwrap_or_default();
        let reading = Reading { stack, catalog, state: &state, imports: &imported, referenced: &referenced, whole };
        let ReadObjects { live, read } = reading.live(reader).await?;
        let taken = match reader {
            Some(reader) => Claims::new(catalog, snapshot, file, options).taken(&state, reader).await?,
            None => BTreeMap::new(),
        };
        Ok(Self { inputs, key, stack, state, origins, live, referenced, lookups, looked_up, taken, read })
    }

    pub fn claims(&self) -> Claims<'_> {
        let Inputs { catalog, snapshot, stack, options, .. } = self.inputs;
        Claims::new(catalog, snapshot, stack, options)
    }

    pub fn claim(&self, address: &Address, type_name: &str) -> Claim {
        let live = self.live.get(address);
        live.map_or(Claim::Nobodys, |live| self.claims().on(address, type_name, self.state.get(address), live))
    }

    /// What the file's expressions read of a resource.
    pub fn reads(&self, address: &Address, schema: Option<&ResourceSchema>) -> Reads {
        Reads::of(self.referenced.get(address.name()), schema)
    }

    /// What a resource depends on, by the file where it has it, else by state.
    pub fn dependencies(&self, address: &Address) -> Vec<Address> {
        let in_file = self.stack.and_then(|stack| stack.resources.get(address));
        let written = in_file.map(|resource| resource.depends_on.iter().cloned().collect());
        written.or_else(|| Some(self.state.get(address)?.dependencies.clone())).unwrap_or_default()
    }
}
