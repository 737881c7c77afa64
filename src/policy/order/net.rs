//! Networks: IPv4 and IPv6 prefixes, and which one lies within another.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address with a prefix length; a single address has the full length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Net {
    address: IpAddr,
    bits: u8,
}

impl Net {
    /// Reads `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `::1`, `[::1]`. IPv4 addresses in IPv6 clothes are IPv4.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.trim().split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text.trim(), None),
        };
        let address = address.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(address);
        let written: IpAddr = address.split('%').next().unwrap_or(address).parse().ok()?;
        let address = written.to_canonical();
        let full = if address.is_ipv4() { 32 } else { 128 };
        let bits = match length {
            None => full,
            Some(length) => match length.parse::<u8>() {
                Ok(bits) if written != address => bits.checked_sub(96)?,
                Ok(bits) => bits,
                Err(_) => mask_length(length)?,
            },
        };
        (bits <= full).then(|| Self { address: masked(address, bits), bits })
    }

    /// Whether the other network lies within this one.
    pub(super) fn contains(&self, other: &Self) -> bool {
        self.address.is_ipv4() == other.address.is_ipv4() && self.bits <= other.bits && masked(other.address, self.bits) == self.address
    }

    /// Whether it is one address.
    pub(super) fn is_single(&self) -> bool {
        self.bits == if self.address.is_ipv4() { 32 } else { 128 }
    }

    /// The address that stands for every address: `0.0.0.0`, `::`, and the networks of all addresses.
    pub(super) fn is_everything(&self) -> bool {
        self.address.is_unspecified() && (self.bits == 0 || self.is_single())
    }

    /// Whether it lies within `127.0.0.0/8` or is `::1`.
    pub(super) fn is_this_machine(&self) -> bool {
        let whole = match self.address {
            IpAddr::V4(_) => 8,
            IpAddr::V6(_) => 128,
        };
        self.address.is_loopback() && self.bits >= whole
    }

    /// Whether it lies within RFC 1918 networks, those of carriers, link-local or unique local ones.
    pub(super) fn is_private(&self) -> bool {
        const PRIVATE: [(IpAddr, u8); 7] = [
            (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)), 8),
            (IpAddr::V4(Ipv4Addr::new(172, 16, 0, 0)), 12),
            (IpAddr::V4(Ipv4Addr::new(192, 168, 0, 0)), 16),
            (IpAddr::V4(Ipv4Addr::new(169, 254, 0, 0)), 16),
            (IpAddr::V4(Ipv4Addr::new(100, 64, 0, 0)), 10),
            (IpAddr::V6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0)), 7),
            (IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0)), 10),
        ];
        PRIVATE.into_iter().any(|(address, bits)| Self { address, bits }.contains(self))
    }
}

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_single() { write!(f, "{}", self.address) } else { write!(f, "{}/{}", self.address, self.bits) }
    }
}

fn masked(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0))),
        IpAddr::V6(v6) => {
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & u128::MAX.checked_shl(128 - u32::from(bits.min(128))).unwrap_or(0)))
        }
    }
}

/// The length of `255.255.0.0`; `None` for a mask with holes.
fn mask_length(text: &str) -> Option<u8> {
    let mask = text.parse::<Ipv4Addr>().ok()?.to_bits();
    let ones = mask.leading_ones();
    (mask.count_ones() == ones).then(|| u8::try_from(ones).ok()).flatten()
}
