"""The addresses that are not public, in one table.

It is explicit because ``ipaddress.is_global`` calls several ranges global that lead inside: NAT64 and 6to4
prefixes, IPv4-compatible IPv6, multicast, cloud platforms' own addresses.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address

DENIED = tuple(
    ip_network(cidr)
    for cidr in (
        # IPv4: this network, private, CGNAT, loopback, link-local, private
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        # protocol assignments, documentation, AS112, AMT relays, 6to4 relays, private
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
        *("192.168.0.0/16", "192.175.48.0/24"),
        # benchmarks, documentation, multicast, reserved with broadcast, a cloud's host address
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",
        # IPv6: unspecified, loopback and IPv4-compatible, IPv4-mapped and -translated, NAT64, discard
        *("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/32"),
        # Teredo and others of 2001::/23, documentation, 6to4, AS112, the former 6bone, documentation
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20"),
        # segment routing, unique local, link-local, site-local, multicast
        *("5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
    )
)
GLOBAL_IPV6 = IPv6Network("2000::/3")
"""All of IPv6 that was ever given out to be reached from everywhere."""


def is_public(address: Address) -> bool:
    """True for an address outside of every denied network; one that is IPv4-mapped must be unmapped."""
    if isinstance(address, IPv6Address) and address not in GLOBAL_IPV6:
        return False
    return not any(address in network for network in DENIED if network.version == address.version)


def unmapped(address: Address) -> Address:
    """The IPv4 address that an IPv4-mapped IPv6 address stands for; others as they are."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
