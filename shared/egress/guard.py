"""Which urls and addresses may be reached, and on which ports."""

from collections.abc import Iterable
from typing import Final

from shared.egress.resolving import addresses_of
from shared.egress.table import Address, is_public, unmapped
from shared.egress.targets import target_of
from shared.errors import EgressDenied
from shared.settings.values import Network

WEB_PORTS: Final = (80, 443)


class EgressGuard:
    """Decides by the table, by the networks the operator opened or closed, and by the port.

    A public address is reached on the listed ports only; a network the operator opened, on any port; one
    that he closed, not at all, whatever else is said of it.
    """

    def __init__(
        self, allow: Iterable[Network] = (), ports: Iterable[int] = WEB_PORTS, deny: Iterable[Network] = ()
    ) -> None:
        self._allow = tuple(allow)
        self._ports = tuple(ports)
        self._deny = tuple(deny)

    def is_allowed(self, address: Address) -> bool:
        """True for a public address, or one in a network the operator opened, unless he closed it."""
        return not self._is_closed(address) and (self._is_opened(address) or is_public(unmapped(address)))

    def may_connect(self, address: Address, port: int) -> bool:
        """True if the address is allowed, and the port at this address."""
        return self.is_allowed(address) and (port in self._ports or self._is_opened(address))

    def check_url(self, url: str, field: str) -> None:
        """Refuse what can be refused without asking DNS. Raises InvalidField or EgressDenied."""
        target = target_of(url, field)
        if target.address is not None:
            self._require([target.address], target.host, target.port, field)
        elif target.port not in self._ports and not self._allow:
            raise self._port_denied(target.port, field)

    def resolve(self, host: str, port: int, field: str, seconds: float | None = None) -> str:
        """The one address to connect to: every address of the name must be allowed.

        Raises EgressDenied, or OSError if the name has no address, or none within so many seconds.
        """
        found = addresses_of(host, port, seconds)
        self._require(found, host, port, field)
        return str(found[0])

    def _require(self, addresses: list[Address], host: str, port: int, field: str) -> None:
        if any(map(self._is_closed, addresses)):
            raise EgressDenied(
                f"{field} points to {host}, which the operator has closed; use another address, or have its "
                "network taken out of ROLLCALL_EGRESS_DENY.",
                field=field,
            )
        if not all(map(self.is_allowed, addresses)):
            raise EgressDenied(
                f"{field} points to {host}, which is not public; use a public address, or have the operator "
                "open its network with ROLLCALL_EGRESS_ALLOW (for tests on one machine: 127.0.0.0/8).",
                field=field,
            )
        if not all(self.may_connect(address, port) for address in addresses):
            raise self._port_denied(port, field)

    def _port_denied(self, port: int, field: str) -> EgressDenied:
        listed = ", ".join(map(str, self._ports)) or "none"
        return EgressDenied(
            f"{field} names port {port}; public addresses are reached on these ports only: {listed}. Use one "
            "of them, or have the operator add it to ROLLCALL_EGRESS_PORTS.",
            field=field,
        )

    def _is_opened(self, address: Address) -> bool:
        return _is_in(address, self._allow)

    def _is_closed(self, address: Address) -> bool:
        return _is_in(address, self._deny)


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    address = unmapped(address)
    return any(address in network for network in networks if network.version == address.version)
