//! The addresses from which an account lets itself be spoken to.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};
use serde::Serialize;

use crate::name::Description;
use crate::violation::Violations;

/// The most entries a list may have.
pub const MOST_ENTRIES: usize = 500;

/// The networks from which an account can be reached. An empty list lets every address in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, deny_unknown_fields, validate = limited -> Violations)]
pub struct IpAllowList {
    /// The networks, at most 500; none: every address is let in.
    #[cfg_attr(feature = "openapi", schema(max_items = 500))]
    pub entries: Vec<AllowedNetwork>,
}

/// One network, and why it stands here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations, deny_unknown_fields)]
pub struct AllowedNetwork {
    /// An address or a network: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/48`.
    pub network: Network,
    /// What it is for.
    #[deserr(default)]
    pub description: Option<Description>,
}

/// A network in CIDR notation (RFC 4632, RFC 4291 section 2.3); IPv4-mapped IPv6 is IPv4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, deserr::Deserr)]
#[serde(transparent)]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> NetworkError)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, example = "192.0.2.0/24"))]
pub struct Network(IpNet);

/// Why a text is not a network that can be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// Neither an address nor a network.
    #[error("must be an address or a network such as `192.0.2.7`, `192.0.2.0/24` or `2001:db8::/48`")]
    Malformed,
    /// Bits are set behind the prefix.
    #[error("has bits set behind its prefix; the network is `{0}`")]
    HostBits(IpNet),
    /// It is everything.
    #[error("lets every address in; an empty list does that")]
    Everything,
}

/// Why the list cannot be put into force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the list does not have your own address, {0}; you would lock yourself out")]
pub struct WouldLockYouOutError(pub IpAddr);

impl IpAllowList {
    /// Whether whoever comes from this address is let in.
    pub fn allows(&self, address: IpAddr) -> bool {
        let networks: Vec<IpNet> = self.entries.iter().map(|entry| entry.network.0).collect();
        allows(&networks, address)
    }

    /// What an event says of the list.
    pub fn described(&self) -> serde_json::Value {
        let networks: Vec<Network> = self.entries.iter().map(|entry| entry.network).collect();
        let descriptions: Vec<_> = self.entries.iter().map(|entry| &entry.description).collect();
        serde_json::json!({ "networks": networks, "descriptions": descriptions })
    }

    /// Whether the list may be put into force from this address.
    ///
    /// # Errors
    /// When the address is not in it.
    pub fn check_not_locked_out(&self, address: IpAddr) -> Result<(), WouldLockYouOutError> {
        if self.allows(address) { Ok(()) } else { Err(WouldLockYouOutError(address.to_canonical())) }
    }
}

impl Network {
    /// The network.
    pub fn get(self) -> IpNet {
        self.0
    }
}

/// Whether these networks let the address in; none of them let every address in.
pub fn allows(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.is_empty() || networks.iter().any(|network| network.contains(&address))
}

impl From<IpNet> for Network {
    fn from(network: IpNet) -> Self {
        Self(network)
    }
}

impl std::str::FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let network = text
            .parse::<IpNet>()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
            .map_err(|_| NetworkError::Malformed)?;
        let network = unmapped(network);
        if network.addr() != network.network() {
            return Err(NetworkError::HostBits(network.trunc()));
        }
        if network.prefix_len() == 0 { Err(NetworkError::Everything) } else { Ok(Self(network)) }
    }
}

/// `::ffff:192.0.2.0/120` as `192.0.2.0/24`.
fn unmapped(network: IpNet) -> IpNet {
    let IpNet::V6(v6) = network else { return network };
    let v4 = v6.addr().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(96));
    let v4 = v4.and_then(|(address, prefix)| Ipv4Net::new(address, prefix).ok());
    v4.map_or(network, IpNet::V4)
}

fn limited(list: IpAllowList, _: deserr::ValuePointerRef<'_>) -> Result<IpAllowList, Violations> {
    if list.entries.len() > MOST_ENTRIES {
        return Err(Violations::one("entries", format!("must have at most {MOST_ENTRIES} items")));
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Result<String, NetworkError> {
        text.parse::<Network>().map(|network| network.0.to_string())
    }

    #[test]
    fn a_network_is_written_in_one_way() {
        for (text, expected) in [
            ("192.0.2.7", "192.0.2.7/32"),
            ("192.0.2.0/24", "192.0.2.0/24"),
            ("2001:DB8::/48", "2001:db8::/48"),
            ("::ffff:192.0.2.7", "192.0.2.7/32"),
            ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
            ("::1", "::1/128"),
        ] {
            assert_eq!(network(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_network_or_all_of_them_is_refused() {
        for wrong in [
            "",
            "example.com",
            "192.0.2.0/33",
            "192.0.2",
            "192.0.2.0/24/24",
            " 192.0.2.7",
            "10.0.0.0/-1",
            "010.0.0.1",
        ] {
            assert_eq!(network(wrong), Err(NetworkError::Malformed), "{wrong}");
        }
        for everything in ["0.0.0.0/0", "::/0", "::ffff:0.0.0.0/96"] {
            assert_eq!(network(everything), Err(NetworkError::Everything), "{everything}");
        }
        let error = network("10.1.2.3/8").unwrap_err();
        assert_eq!(error.to_string(), "has bits set behind its prefix; the network is `10.0.0.0/8`");
    }

    #[test]
    fn an_address_is_let_in_by_its_plain_form() {
        let networks = ["192.0.2.0/24".parse().unwrap(), "2001:db8::/48".parse().unwrap()];
        let lets_in = |address: &str| allows(&networks, address.parse().unwrap());
        assert!(lets_in("192.0.2.255") && lets_in("::ffff:192.0.2.1") && lets_in("2001:db8:0:1::1"));
        assert!(!lets_in("192.0.3.0") && !lets_in("2001:db8:1::") && !lets_in("::192.0.2.1"));
        assert!(allows(&[], "203.0.113.1".parse().unwrap()));
    }
}
