"""Settings that are addresses of the web."""

from urllib.parse import urlsplit


def exact_origins(text: str) -> tuple[str, ...]:
    """The origins of a comma separated list. Raises ValueError for what a browser would never send as one."""
    origins = tuple(part.strip() for part in text.split(",") if part.strip())
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "*" in origin:
            raise ValueError("must name origins exactly, like https://app.example; a wildcard is none")
        if origin != f"{parts.scheme}://{parts.netloc}".lower() or "@" in parts.netloc:
            raise ValueError("must have scheme, host and port only, in small letters, no slash at the end")
    return origins


def is_readable_url(text: str) -> bool:
    """Whether host and port can be told: not where a password has a slash that is not percent-encoded."""
    try:
        _ = urlsplit(text).port
    except ValueError:
        return False
    return True
