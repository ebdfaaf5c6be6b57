"""How the service is, without a key."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from client.connection import Call, Connection
from client.resources.reading import Json

NOT_READY = frozenset({503})


@dataclass(frozen=True)
class Readiness:
    """Whether requests can be worked on, and which part is missing if not."""

    is_ready: bool
    checks: Mapping[str, bool]
    raw: Json = field(default_factory=dict, repr=False, compare=False)


def read_readiness(connection: Connection) -> Readiness:
    """What /readyz says, which is an answer also where the service is not ready."""
    call = Call("GET", "/readyz", accepted=NOT_READY)
    return connection.read(
        call, lambda fields: Readiness(fields["status"] == "ready", fields["checks"], raw=fields)
    )
