"""Run in a network namespace of its own: has public addresses on loopback, and reaches for them.

Prints what became of each url, as JSON. Nothing here can leave the namespace.
"""

import json
import socket
import subprocess
from contextlib import ExitStack

from shared.egress import EgressGuard
from shared.settings import Settings
from tests.security.calling import CALLS
from tests.security.resolver import resolver
from tests.security.servers import answer, saying, serving

PUBLIC, PUBLIC_V6, PRIVATE = "93.184.216.34", "2606:4700::1111", "10.0.0.1"
SERVED_PORTS = (80, 8080, 9000)
URLS = {
    "a public address": f"http://{PUBLIC}/",
    "a public address of IPv6": f"http://[{PUBLIC_V6}]/",
    "a public name": "http://public.example/a.wav",
    "another listed port": f"http://{PUBLIC}:8080/",
    "a port that is not listed": f"http://{PUBLIC}:9000/",
    "a private address": f"http://{PRIVATE}/",
    "a name of a private address": "http://private.example/",
    "this machine": "http://127.0.0.1/",
}


def main() -> None:
    """Bring the addresses up, serve on them, and call each url by the settings' defaults."""
    for command in (
        "link set lo up",
        f"addr add {PUBLIC}/32 dev lo",
        f"addr add {PRIVATE}/32 dev lo",
        f"-6 addr add {PUBLIC_V6}/128 dev lo nodad",
    ):
        subprocess.run(["ip", *command.split()], check=True)
    names = {"public.example": [[PUBLIC_V6, PUBLIC]], "private.example": [[PRIVATE]]}
    socket.getaddrinfo = resolver(names)  # type: ignore[assignment]
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    guard = EgressGuard(settings.egress_allow, settings.egress_ports)
    with ExitStack() as stack:
        for address in (PUBLIC, PUBLIC_V6, PRIVATE, "127.0.0.1"):
            for port in SERVED_PORTS:
                stack.enter_context(serving(saying(answer()), address, port=port))
        met = {name: {kind: call(url, guard) for kind, call in CALLS.items()} for name, url in URLS.items()}
    print(json.dumps(met))  # noqa: T201


if __name__ == "__main__":
    main()
