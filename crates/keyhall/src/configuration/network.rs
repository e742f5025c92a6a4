//! Networks: `10.0.0.0/8`, or one address.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::Deserialize;

/// A network, or an address that is one of its own.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Network(pub(crate) IpNet);

impl Network {
    /// Whether every address lies in it.
    pub(crate) fn is_everybody(self) -> bool {
        self.0.prefix_len() == 0
    }
}

impl TryFrom<String> for Network {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let network = text.trim().parse().or_else(|_| text.trim().parse::<IpAddr>().map(IpNet::from));
        network.map(Self).map_err(|_| "expected a network such as `10.0.0.0/8`, or an address")
    }
}
