"""How connections to Redis are made, the same for the gateway, the workers and Celery."""

from typing import Any

from shared.settings import Settings


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
