"""How connections to Redis are made, the same for the gateway, the workers and Celery."""

import socket
from typing import Any

from shared.settings import Settings

# A server that fell silent, its cable pulled say, is given up after some 25 s by who waits for a message, and
# after 20 by who has sent something (this one is in milliseconds): nothing else tells them.
_SILENCE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 20_000}


def keepalive_options() -> dict[str, Any]:
    """What redis-py is to know to notice a connection that leads nowhere; not every system can set it all."""
    known = {getattr(socket, name): value for name, value in _SILENCE.items() if hasattr(socket, name)}
    return {"socket_keepalive": True, "socket_keepalive_options": known}


def tls_options(settings: Settings) -> dict[str, Any]:
    """What redis-py is to know for a `rediss://` server; empty for any other.

    The server's certificate is always checked: without these options Celery would not.
    """
    if not settings.redis_url.startswith("rediss://"):
        return {}
    files = {
        "ssl_ca_certs": settings.redis_ca_file,
        "ssl_certfile": settings.redis_cert_file,
        "ssl_keyfile": settings.redis_key_file,
    }
    named = {name: str(path) for name, path in files.items() if path is not None}
    return {"ssl_cert_reqs": "required", "ssl_check_hostname": True, **named}
