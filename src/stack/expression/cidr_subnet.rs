use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// The `index`-th network that `prefix` holds when it is split by `newbits` more bits, as Terraform's `cidrsubnet`:
/// `cidr_subnet("10.0.0.0/16", 8, 2)` is `10.0.2.0/24`. Host bits of `prefix` are ignored.
///
/// # Errors
/// Why there is no such network.
pub(super) fn cidr_subnet(prefix: &str, newbits: i64, index: i64) -> Result<String, String> {
    let network: IpNet = prefix.parse().map_err(|_| format!("`{prefix}` is no network such as 10.0.0.0/16"))?;
    let bits = u8::try_from(newbits).map_err(|_| format!("{newbits} is no number of bits"))?;
    let longest = network.max_prefix_len();
    let length = network.prefix_len().checked_add(bits).filter(|length| *length <= longest);
    let length = length.ok_or_else(|| format!("{prefix} has no room for {newbits} more bits"))?;
    let index = u128::try_from(index).map_err(|_| format!("the index {index} is negative"))?;
    if bits < 128 && index >> bits != 0 {
        return Err(format!("{newbits} more bits make {} networks, and {index} is beyond", 1_u128 << bits));
    }
    nth_network(network, length, index).ok_or_else(|| format!("{prefix} has no such network"))
}

fn nth_network(network: IpNet, length: u8, index: u128) -> Option<String> {
    let shifted = |width: u8| index.checked_shl(u32::from(width - length)).unwrap_or_default();
    Some(match network {
        IpNet::V4(network) => {
            let base = u32::from(network.network()) | u32::try_from(shifted(32)).ok()?;
            Ipv4Net::new(base.into(), length).ok()?.to_string()
        }
        IpNet::V6(network) => {
            let base = u128::from(network.network()) | shifted(128);
            Ipv6Net::new(base.into(), length).ok()?.to_string()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_splits_as_terraform_does() {
        // The examples of Terraform's documentation of `cidrsubnet`.
        assert_eq!(cidr_subnet("172.16.0.0/12", 4, 2).as_deref(), Ok("172.18.0.0/16"));
        assert_eq!(cidr_subnet("10.1.2.0/24", 4, 15).as_deref(), Ok("10.1.2.240/28"));
        assert_eq!(cidr_subnet("fd00:fd12:3456:7890::/56", 16, 162).as_deref(), Ok("fd00:fd12:3456:7800:a200::/72"));
        assert_eq!(cidr_subnet("10.0.7.9/16", 8, 1).as_deref(), Ok("10.0.1.0/24"));
        assert_eq!(cidr_subnet("10.0.0.0/16", 0, 0).as_deref(), Ok("10.0.0.0/16"));
        assert_eq!(cidr_subnet("0.0.0.0/0", 32, 1).as_deref(), Ok("0.0.0.1/32"));
        assert_eq!(cidr_subnet("::/0", 128, 1).as_deref(), Ok("::1/128"));
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        assert!(cidr_subnet("10.0.0.0/16", 17, 0).is_err());
        assert!(cidr_subnet("10.0.0.0/16", 2, 4).is_err());
        assert!(cidr_subnet("10.0.0.0/16", 8, -1).is_err());
        assert!(cidr_subnet("10.0.0.0/16", -1, 0).is_err());
        assert!(cidr_subnet("10.0.0.0", 8, 1).is_err());
    }
}
