use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};

use crate::aws::{AwsError, CallResult, Context};
use crate::resources::{Desired, ResourceId, TagChange, tags};

mirror! {
    /// A tag in the schema's shape.
    pub(super) struct TagShape: Tag {
        key: String,
        value: String,
    }
}

/// The tags as a create call takes them, so that a new object carries them from its first moment. EC2 refuses an empty
/// specification. Source: EC2 API reference, `TagSpecification`.
pub(super) fn specifications(kind: ResourceType, desired: &Desired) -> Option<Vec<TagSpecification>> {
    let tags = tags::as_sdk(desired.properties.get("Tags"), tag);
    let specification = TagSpecification::builder().resource_type(kind).set_tags(Some(tags.clone())).build();
    (!tags.is_empty()).then(|| vec![specification])
}

/// Sets and removes tags. Source: EC2 API reference, `CreateTags`, `DeleteTags`.
pub(super) async fn change(cx: &Context, id: &ResourceId, change: &TagChange) -> Result<(), AwsError> {
    if !change.set.is_empty() {
        let call = cx.ec2().create_tags().resources(id.as_str()).set_tags(Some(change.set_as(tag)));
        call.send().await.call("ec2:CreateTags")?;
    }
    if !change.remove.is_empty() {
        let keys = change.remove.iter().map(|key| Tag::builder().key(key).build()).collect();
        let call = cx.ec2().delete_tags().resources(id.as_str()).set_tags(Some(keys));
        call.send().await.call("ec2:DeleteTags")?;
    }
    Ok(())
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build()
}
