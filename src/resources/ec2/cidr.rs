use ipnet::IpNet;
use serde_json::Value;

use crate::resources::Properties;

/// The form in which EC2 keeps an address block: `100.68.0.18/18` becomes `100.68.0.0/18`, IPv6 is lower case with the
/// longest run of zeros left out. What is no block stays as it is. Source: EC2 API reference, `CreateVpc`, `IpRange`.
pub(super) fn canonical(block: &str) -> String {
    block.parse::<IpNet>().map_or_else(|_| block.to_owned(), |block| block.trunc().to_string())
}

/// True if an address is in both blocks. What is no block overlaps nothing.
pub(super) fn overlap(one: &str, other: &str) -> bool {
    let (Ok(one), Ok(other)) = (one.parse::<IpNet>(), other.parse::<IpNet>()) else { return false };
    one.contains(&other) || other.contains(&one)
}

/// Brings the named properties, where they are texts, to `canonical` form.
pub(super) fn canonicalize(properties: &mut Properties, names: &[&str]) {
    for name in names {
        if let Some(Value::String(block)) = properties.get_mut(*name) {
            *block = canonical(block);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_spelled_as_ec2_spells_it() {
        for (written, kept) in [
            ("100.68.0.18/18", "100.68.0.0/18"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("2600:1F14:0000:0000:0000:0000:0000:0001/56", "2600:1f14::/56"),
            ("::/0", "::/0"),
            ("pl-12345678", "pl-12345678"),
        ] {
            assert_eq!(canonical(written), kept);
        }
    }
}
