"""Which urls and addresses may be reached, and on which ports."""

from collections.abc import Iterable
from typing import Final

from shared.egress.resolving import addresses_of
from shared.egress.table import Address, is_public, unmapped
from shared.egress.targets import target_of
from shared.errors import EgressDenied
from shared.settings.model import Network

WEB_PORTS: Final = (80, 443)


class EgressGuard:
    """Decides by the table, by the networks the operator opened, and by the port.

    A public address is reached on the listed ports only; a network the operator opened, on any port.
    """

    def __init__(self, allow: Iterable[Network] = (), ports: Iterable[int] = WEB_PORTS) -> None:
        self._allow = tuple(allow)
        self._ports = tuple(ports)

    def is_allowed(self, address: Address) -> bool:
        """True for a public address, or one in a network the operator opened."""
        return self._is_opened(address) or is_public(unmapped(address))

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
        address = unmapped(address)
        return any(address in network for network in self._allow if network.version == address.version)
