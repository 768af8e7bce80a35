//! What most EC2 objects share: one Describe call with filters gives many, and ownership tags find one.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_ec2::types::{self, Filter, Tag};

use super::settle::VISIBLE_WITHIN;
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::{Desired, Ownership, ReadRequest, ResourceId, concurrently};

/// EC2 takes at most 200 values in the filters of a call. Source: EC2 user guide, "List and filter your resources".
const VALUES_A_CALL: usize = 200;

/// An object of an EC2 Describe call.
pub(super) trait Object: Clone + Send + Sized {
    /// The filter that selects by identifier. Identifier lists would fail the whole call for one that is gone.
    const ID_FILTER: &'static str;

    fn id(&self) -> &str;

    fn tags(&self) -> &[Tag];

    /// True once the object can be used.
    fn ready(&self) -> bool {
        true
    }

    /// All objects that pass every filter.
    fn describe(cx: &Context, filters: Vec<Filter>) -> impl Future<Output = Result<Vec<Self>, AwsError>> + Send;
}

macro_rules! object {
    ($kind:ident, $id:ident, $filter:literal, $describe:ident, $operation:literal $(, $ready:expr)?) => {
        impl Object for types::$kind {
            const ID_FILTER: &'static str = $filter;

            fn id(&self) -> &str {
                self.$id().unwrap_or_default()
            }

            fn tags(&self) -> &[Tag] {
                self.tags()
            }

            $(fn ready(&self) -> bool {
                let ready: fn(&types::$kind) -> bool = $ready;
                ready(self)
            })?

            async fn describe(cx: &Context, filters: Vec<Filter>) -> Result<Vec<Self>, AwsError> {
                let pages = cx.ec2().$describe().set_filters(Some(filters)).into_paginator().items().send();
                pages.collect::<Result<Vec<_>, _>>().await.call($operation)
            }
        }
    };
}

object!(
    InternetGateway,
    internet_gateway_id,
    "internet-gateway-id",
    describe_internet_gateways,
    "ec2:DescribeInternetGateways"
);
object!(NetworkAcl, network_acl_id, "network-acl-id", describe_network_acls, "ec2:DescribeNetworkAcls");
object!(RouteTable, route_table_id, "route-table-id", describe_route_tables, "ec2:DescribeRouteTables");
object!(SecurityGroup, group_id, "group-id", describe_security_groups, "ec2:DescribeSecurityGroups");
object!(Subnet, subnet_id, "subnet-id", describe_subnets, "ec2:DescribeSubnets", |subnet| {
    let settling = |association: &types::SubnetIpv6CidrBlockAssociation| {
        let state = association.ipv6_cidr_block_state().and_then(types::SubnetCidrBlockState::state);
        state == Some(&types::SubnetCidrBlockStateCode::Associating)
    };
    subnet.state() == Some(&types::SubnetState::Available)
        && !subnet.ipv6_cidr_block_association_set().iter().any(settling)
});
object!(Vpc, vpc_id, "vpc-id", describe_vpcs, "ec2:DescribeVpcs", |vpc| {
    vpc.state() == Some(&types::VpcState::Available)
});

/// A filter that passes any of the values.
pub(super) fn filter(name: &str, values: impl IntoIterator<Item = impl Into<String>>) -> Filter {
    Filter::builder().name(name).set_values(Some(values.into_iter().map(Into::into).collect())).build()
}

/// A filter that passes one text, taken literally: `*` and `?` in filter values are wildcards.
/// Source: EC2 API reference, `Filter`.
pub(super) fn exactly(name: &str, value: &str) -> Filter {
    let literal = value.replace('\\', r"\\").replace('*', r"\*").replace('?', r"\?");
    filter(name, [literal])
}

/// All objects that have any of the values in the field that `name` filters on, in few calls.
pub(super) async fn with_values<O: Object>(
    cx: &Context,
    name: &str,
    values: impl IntoIterator<Item = &str>,
    further: &[Filter],
) -> Result<Vec<O>, AwsError> {
    let values: Vec<&str> = values.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let chunks = values.chunks(VALUES_A_CALL).map(|chunk| {
        let mut filters = vec![filter(name, chunk.iter().copied())];
        filters.extend_from_slice(further);
        O::describe(cx, filters)
    });
    Ok(concurrently("EC2", chunks).await?.into_iter().flatten().collect())
}

/// The objects that are asked for, in the order asked.
pub(super) async fn requested<O: Object>(cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<O>>, AwsError> {
    let ids = requests.iter().map(|request| request.id.as_str());
    let found = with_values::<O>(cx, O::ID_FILTER, ids, &[]).await?;
    let found: HashMap<&str, &O> = found.iter().map(|object| (object.id(), object)).collect();
    Ok(requests.iter().map(|request| found.get(request.id.as_str()).map(|object| (*object).clone())).collect())
}

/// The object, once Describe calls show it and it can be used: EC2 is eventually consistent.
pub(super) async fn shown<O: Object>(cx: &Context, what: &str, id: &ResourceId) -> Result<O, AwsError> {
    let wait = cx.wait(what, VISIBLE_WITHIN);
    wait.until(|| async {
        let found = O::describe(cx, vec![filter(O::ID_FILTER, [id.as_str()])]).await?;
        Ok(found.into_iter().find(O::ready))
    })
    .await
}

/// The object that carries our ownership tags and passes the filters.
pub(super) async fn owned<O: Object>(
    cx: &Context,
    desired: &Desired,
    further: &[Filter],
) -> Result<Option<ResourceId>, AwsError> {
    let mut filters = owned_by(&desired.ownership);
    filters.extend_from_slice(further);
    let found = O::describe(cx, filters).await?;
    let owned = found.iter().filter(|object| {
        let tags = object.tags().iter();
        desired.ownership.owns(tags.map(|tag| (tag.key().unwrap_or_default(), tag.value().unwrap_or_default())))
    });
    Ok(owned.map(|object| ResourceId::new(object.id())).find(|id| !desired.held.contains(id)))
}

/// The identifiers of all objects in the region.
pub(super) async fn all<O: Object>(cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
    Ok(O::describe(cx, Vec::new()).await?.iter().map(|object| ResourceId::new(object.id())).collect())
}

/// The object with this identifier, or the only one whose field `name_filter` (`tag:Name`) is the text.
///
/// # Errors
/// `AwsError::Invalid` naming the objects where several have the name.
pub(super) async fn meant<O: Object>(
    cx: &Context,
    name_filter: &str,
    text: &str,
) -> Result<Option<ResourceId>, AwsError> {
    for name in [O::ID_FILTER, name_filter] {
        let found = O::describe(cx, vec![exactly(name, text)]).await?;
        match found.as_slice() {
            [] => {}
            [object] => return Ok(Some(ResourceId::new(object.id()))),
            several => {
                let ids: Vec<_> = several.iter().map(Object::id).collect();
                return Err(AwsError::Invalid(format!("several are named {text}: {}; give the id", ids.join(", "))));
            }
        }
    }
    Ok(None)
}

fn owned_by(ownership: &Ownership) -> Vec<Filter> {
    ownership.tags().iter().map(|(key, value)| exactly(&format!("tag:{key}"), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_in_a_value_is_taken_literally() {
        assert_eq!(exactly("tag:a", r"x*?\").values(), [r"x\*\?\\"]);
    }
}
