use std::time::Duration;

use aws_sdk_ec2::types::{Subnet, SubnetCidrBlockState, SubnetCidrBlockStateCode, SubnetIpv6CidrBlockAssociation};

use super::object::{self, Object};
use super::settle::VISIBLE_WITHIN;
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::ResourceId;

/// The IPv6 blocks that the subnet has now, without those on their way out.
pub(super) fn associated(subnet: &Subnet) -> impl Iterator<Item = &SubnetIpv6CidrBlockAssociation> {
    let blocks = subnet.ipv6_cidr_block_association_set().iter();
    blocks.filter(|block| state(block) == Some(&SubnetCidrBlockStateCode::Associated))
}

/// Puts the block, or none, in place of what the subnet has. A subnet has one IPv6 block at most, so that the old one
/// goes first. Source: EC2 API reference, `AssociateSubnetCidrBlock`, `DisassociateSubnetCidrBlock`.
pub(super) async fn replace(cx: &Context, id: &ResourceId, block: Option<&str>) -> Result<(), AwsError> {
    let subnet = object::shown::<Subnet>(cx, "the subnet to be available", id).await?;
    for old in associated(&subnet).filter_map(SubnetIpv6CidrBlockAssociation::association_id) {
        let call = cx.ec2().disassociate_subnet_cidr_block().association_id(old);
        call.send().await.call_optional("ec2:DisassociateSubnetCidrBlock")?;
    }
    wait_for(cx, id, None).await?;
    if let Some(block) = block {
        let call = cx.ec2().associate_subnet_cidr_block().subnet_id(id.as_str()).ipv6_cidr_block(block);
        call.send().await.call("ec2:AssociateSubnetCidrBlock")?;
        wait_for(cx, id, Some(block)).await?;
    }
    Ok(())
}

async fn wait_for(cx: &Context, id: &ResourceId, block: Option<&str>) -> Result<(), AwsError> {
    let wait = cx.wait("the subnet's IPv6 block", VISIBLE_WITHIN).at_most_every(Duration::from_secs(5));
    wait.until(|| async {
        let filters = vec![object::filter(Subnet::ID_FILTER, [id.as_str()])];
        let subnet = Subnet::describe(cx, filters).await?.into_iter().next();
        Ok(subnet.filter(|subnet| settled(subnet, block.is_some())).map(drop))
    })
    .await
}

/// True if the subnet has a block or none, as wanted, and none is on its way in or out.
fn settled(subnet: &Subnet, with_block: bool) -> bool {
    use SubnetCidrBlockStateCode::{Associated, Associating, Disassociating};
    let states: Vec<_> = subnet.ipv6_cidr_block_association_set().iter().filter_map(state).collect();
    !states.iter().any(|state| matches!(state, Associating | Disassociating))
        && states.contains(&&Associated) == with_block
}

fn state(block: &SubnetIpv6CidrBlockAssociation) -> Option<&SubnetCidrBlockStateCode> {
    block.ipv6_cidr_block_state().and_then(SubnetCidrBlockState::state)
}

#[cfg(test)]
mod tests {
    use SubnetCidrBlockStateCode::{Associated, Associating, Disassociated, Disassociating};

    use super::*;

    fn subnet(states: &[SubnetCidrBlockStateCode]) -> Subnet {
        let blocks = states.iter().map(|state| {
            let state = SubnetCidrBlockState::builder().state(state.clone()).build();
            SubnetIpv6CidrBlockAssociation::builder().ipv6_cidr_block_state(state).build()
        });
        Subnet::builder().set_ipv6_cidr_block_association_set(Some(blocks.collect())).build()
    }

    #[test]
    fn a_block_is_settled_once_nothing_comes_or_goes() {
        for (states, with_block, without_block) in [
            (vec![], false, true),
            (vec![Disassociated], false, true),
            (vec![Disassociating], false, false),
            (vec![Disassociated, Associating], false, false),
            (vec![Disassociated, Associated], true, false),
            (vec![Disassociating, Associated], false, false),
        ] {
            let subnet = subnet(&states);
            assert_eq!((settled(&subnet, true), settled(&subnet, false)), (with_block, without_block), "{states:?}");
        }
    }
}
