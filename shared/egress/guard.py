"""Which urls and addresses may be reached.

The table is explicit because ``ipaddress.is_global`` calls several ranges global that lead inside:
NAT64 and 6to4 prefixes, IPv4-compatible IPv6, multicast, cloud platforms' own addresses.
"""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from shared.errors import EgressDenied, InvalidField
from shared.settings.model import Network

Address = IPv4Address | IPv6Address

DENIED = tuple(
    ip_network(cidr)
    for cidr in (
        # IPv4: this network, private, CGNAT, loopback, link-local, protocol assignments, documentation,
        # 6to4 relays, benchmarks, multicast, reserved, a cloud's host address
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"),
        # IPv6: unspecified, loopback and IPv4-compatible, NAT64, discard, Teredo and others of 2001::/23,
        # documentation, 6to4, unique local, link-local, site-local, multicast
        *("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32"),
        *("2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
    )
)
GLOBAL_IPV6 = IPv6Network("2000::/3")


class EgressGuard:
    """Decides by the table, and by the networks the operator opened."""

    def __init__(self, allow: Iterable[Network] = ()) -> None:
        self._allow = tuple(allow)

    def is_allowed(self, address: Address) -> bool:
        """True for a public address, or one in a network the operator opened."""
        address = _unmapped(address)
        if any(address in network for network in self._allow if network.version == address.version):
            return True
        if isinstance(address, IPv6Address) and address not in GLOBAL_IPV6:
            return False
        return not any(address in network for network in DENIED if network.version == address.version)

    def check_url(self, url: str, field: str) -> None:
        """Refuse what can be refused without asking DNS. Raises InvalidField or EgressDenied."""
        host = _host_of(url, field)
        literal = _literal(host)
        if literal is None and host.rstrip(".").lower() in {"localhost", "localhost.localdomain"}:
            literal = ip_address("127.0.0.1")
        if literal is not None and not self.is_allowed(literal):
            raise self._denied(host, field)

    def resolve(self, host: str, port: int, field: str) -> str:
        """The one address to connect to: every address of the name must be allowed.

        Raises EgressDenied, or OSError if the name has no address.
        """
        found = {
            str(info[4][0]).split("%")[0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        }
        if not all(self.is_allowed(ip_address(address)) for address in found):
            raise self._denied(host, field)
        return sorted(found, key=lambda address: ip_address(address).version)[0]

    def _denied(self, host: str, field: str) -> EgressDenied:
        return EgressDenied(
            f"{field} points to {host}, which is not public; use a public address, or have the operator "
            "open its network with ROLLCALL_EGRESS_ALLOW (for tests on one machine: 127.0.0.0/8).",
            field=field,
        )


def _host_of(url: str, field: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, None
    if not parts or parts.scheme not in {"http", "https"} or not host or not url.isprintable() or " " in url:
        raise InvalidField(
            f"{field} must be an absolute http or https url such as https://example.com/hook.", field=field
        )
    if parts.username or parts.password:
        raise InvalidField(f"{field} must not contain a user name or password.", field=field)
    return host


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.strip("[]").split("%")[0])
    except ValueError:
        pass
    try:
        # The forms that resolvers accept and people use to slip through: 127.1, 0x7f000001, 2130706433.
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _unmapped(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
