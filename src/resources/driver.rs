use async_trait::async_trait;

use super::{
    CreateError, Created, Deletion, Desired, Form, Live, NameRule, Part, Properties, ReadRequest, ResourceId, Source,
    Uniqueness, Update,
};
use crate::aws::{AwsError, Context};
use crate::value::Value;

/// What `infra` does to one AWS resource type. A driver converts and calls; it decides nothing: what differs, what is
/// replaced and in which order is the plan's business, from the schema's facts.
#[async_trait]
pub trait Driver: Send + Sync {
    /// AWS's own name, `AWS::SQS::Queue`.
    fn type_name(&self) -> &'static str;

    /// How people name an object in `infra import` and `import`; the identifier is among them. What `resolve` is asked comes of
    /// these. Empty for a type whose objects nobody can import.
    fn forms(&self) -> &'static [Form];

    /// How to name an object that the user gave no name; `None` where AWS names it.
    fn name_rule(&self) -> Option<NameRule> {
        None
    }

    /// What two objects of the type cannot share; `None` where AWS tells them apart by itself. Two resources that have it in
    /// common would be one object. Names identify, unless objects of one name are its revisions.
    fn unique_by(&self) -> Option<Uniqueness> {
        let rule = self.name_rule().filter(|rule| !rule.revisions)?;
        let name = Part::of([rule.property]);
        Some(Uniqueness::by([if rule.ignores_case { name.ignoring_case() } else { name }]))
    }

    /// True for a type of our own, whose objects exist in state alone: nothing is asked or told of them.
    fn is_local(&self) -> bool {
        false
    }

    /// True if losing an object loses data or breaks what others hold (databases, buckets, queues, zones, keys,
    /// secrets, log groups): such objects are protected in stacks that are not ephemeral.
    fn stateful(&self) -> bool {
        false
    }

    /// True if AWS can take a last snapshot of an object that is deleted.
    fn has_snapshots(&self) -> bool {
        false
    }

    /// True if AWS takes a last snapshot of this very object, whose properties are those read or last written.
    fn leaves_snapshot(&self, _properties: &Properties) -> bool {
        self.has_snapshots()
    }

    /// Properties that AWS's schema has and this driver cannot set, as paths (`/properties/KmsMasterKeyId`).
    fn unsupported(&self) -> &'static [&'static str] {
        &[]
    }

    /// What AWS gives a new object where nobody writes a property, as far as its schema does not say so: paths
    /// (`/properties/DelaySeconds`, `*` for any item) and values as JSON. An import leaves them out.
    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// The properties of a live object that say again what others say, or that belong to another object. An import leaves them
    /// out.
    fn redundant(&self, _live: &Properties) -> Vec<&'static str> {
        Vec::new()
    }

    /// What belongs to an object and no property of the type stands for, or the driver does not read: for people, who would
    /// otherwise think that it is looked at.
    fn unread(&self) -> &'static [&'static str] {
        &[]
    }

    /// Properties that a new object is sure to have empty, off, or at the published default where nobody writes them: what the
    /// object is compared with later is known of them without a call.
    fn usual_at_first(&self) -> &'static [&'static str] {
        &[]
    }

    /// Brings properties, written or live, to the one form that AWS means by them (a trailing dot, lower case), so that
    /// spelling is no difference. Written ones are sent in this form, so nothing that AWS needs may be lost in it.
    fn canonicalize(&self, _properties: &mut Properties) {}

    /// Brings live values to the spelling of the desired ones where AWS means the same by both and only the pair tells:
    /// an engine version `16` that runs as `16.4`, a key's id and its ARN. Both sides are canonical already.
    fn align(&self, _desired: &Properties, _live: &mut Properties) {}

    /// The properties that name what a new object is made from: a snapshot, another database.
    fn sources(&self) -> &'static [&'static str] {
        &[]
    }

    /// Of what an object with these properties would be made from, the first that AWS does not have. One call a source.
    async fn missing_source(&self, _cx: &Context, _properties: &Properties) -> Result<Option<Source>, AwsError> {
        Ok(None)
    }

    /// The objects as AWS has them, in the order asked; `None` is one that is gone. As few calls as AWS allows.
    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError>;

    /// Asked before a create is intended: whether something is there already that could not be told from what the create
    /// will make. Then an intent in the journal proves that nothing was, and `find` may go by the properties alone. For types
    /// whose objects have no tags, or get them later, and that no token tells.
    ///
    /// # Errors
    /// `AwsError::stranger` where there is such an object.
    async fn ensure_free(&self, _cx: &Context, _desired: &Desired) -> Result<(), AwsError> {
        Ok(())
    }

    /// Makes the object and returns when it can be used.
    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError>;

    /// What keeps AWS from having an object with the desired properties beside this one, although nothing identifies both:
    /// `TargetGroupArn arn:…`.
    fn in_the_way(&self, _live: &Properties, _desired: &Value) -> Option<String> {
        None
    }

    /// True if AWS can take an object with the desired properties for this one in one call, so that there is no moment without.
    fn replaces_in_one_call(&self, _live: &Properties, _desired: &Value) -> bool {
        false
    }

    /// Makes an object in the place of a former one, in one call, where `replaces_in_one_call` says so. One that is gone already
    /// is made all the same.
    async fn replace(&self, cx: &Context, _former: &ResourceId, desired: &Desired) -> Result<Created, CreateError> {
        self.create(cx, desired).await
    }

    /// Changes the object in place and returns when the change is in effect.
    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError>;

    /// Returns when an object that an interrupted run made or changed can be used. For types whose calls return before the
    /// object is ready.
    async fn settle(&self, _cx: &Context, _id: &ResourceId) -> Result<(), AwsError> {
        Ok(())
    }

    /// Deletes the object and returns when it is gone. An object that is gone already is a success.
    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError>;

    /// What uses the object so that AWS would not delete it, for people, as far as a question or two finds out.
    async fn holder(&self, _cx: &Context, _id: &ResourceId) -> Option<String> {
        None
    }

    /// The object that an earlier, interrupted create of exactly this may have made: by name, token or ownership tags,
    /// and only one that carries our ownership tags where the type has tags. By its properties alone only where
    /// `ensure_free` was asked before.
    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError>;

    /// All objects of the type in the context's region. Those of AWS's own making (default groups, service roles) too.
    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError>;

    /// The object that a user means: `text` is what one of the `forms` gives.
    ///
    /// # Errors
    /// `AwsError::Invalid` naming the objects where several have the name.
    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        let live = self.read(cx, &[ReadRequest::all(ResourceId::new(text))]).await?;
        Ok(live.into_iter().flatten().next().map(|live| live.id))
    }
}

/// The order of a replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplaceOrder {
    CreateFirst,
    DeleteFirst,
    /// AWS takes the new object for the old one in one call.
    InOneCall,
}
