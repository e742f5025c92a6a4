//! The proxies in front of the server, and whom they say that they speak for.
//!
//! Anybody can write `Forwarded` and `X-Forwarded-For`. So they are read only where the socket's peer is a configured proxy,
//! and from the right: the last entry is that proxy's own word. While the address in an entry is a trusted proxy's too, the
//! entry to its left is that one's word; the first address that is no trusted proxy's is the caller, and what stands to the
//! left of it is what the caller wrote. Where an entry says no plain address, the caller is whoever wrote the entry: nothing
//! better is known, and nothing further left may count.
//!
//! A proxy that writes one of the two headers passes the other on as it came, from whomever. So one of them alone is read, which
//! the configuration names. Deliberately absent: any trust in a forwarded host or scheme.

mod forwarded;
mod quoted;
mod x_forwarded_for;

use std::net::IpAddr;

use actix_web::http::header::HeaderMap;
use ipnet::{IpNet, Ipv4Net};

/// The networks whose word on a caller's address counts, and where they write it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    networks: Vec<IpNet>,
    header: ForwardedHeader,
}

/// In which header proxies write for whom they speak.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, which most write.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl TrustedProxies {
    /// These networks, which write this header; IPv4-mapped IPv6 is IPv4.
    pub fn new(networks: impl IntoIterator<Item = IpNet>, header: ForwardedHeader) -> Self {
        Self { networks: networks.into_iter().map(canonical).collect(), header }
    }

    /// The caller's address: the socket's peer, or whom trusted proxies say that they speak for.
    pub(crate) fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trust(peer) {
            return peer;
        }
        match self.header {
            ForwardedHeader::XForwardedFor => self.walk(peer, x_forwarded_for::hops(headers)),
            ForwardedHeader::Forwarded => self.walk(peer, forwarded::hops(headers)),
        }
    }

    /// Follows the hops, nearest first, as far as they can be trusted.
    ///
    /// INVARIANT: a hop is read only when the address that wrote it is trusted.
    fn walk(&self, peer: IpAddr, hops: impl Iterator<Item = Option<IpAddr>>) -> IpAddr {
        let mut nearest = peer;
        for hop in hops {
            let Some(address) = hop else { break };
            nearest = address.to_canonical();
            if !self.trust(nearest) {
                break;
            }
        }
        nearest
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }
}

/// The network of IPv4, where an IPv6 one is nothing but that (RFC 4291 section 2.5.5.2).
fn canonical(network: IpNet) -> IpNet {
    let IpNet::V6(v6) = network else { return network };
    let v4 = v6.addr().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(96));
    let v4 = v4.and_then(|(address, length)| Ipv4Net::new(address, length).ok());
    v4.map_or(network, IpNet::V4)
}

#[cfg(test)]
mod tests;
