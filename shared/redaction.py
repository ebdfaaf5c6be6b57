"""Masking secrets in text: keys, passwords, and the queries of urls, which may hold either.

Rather too much than too little: a masked word can be looked up elsewhere, a logged key must be replaced.
Every pattern takes time in proportion to the text, which callers may choose.
"""

import re
from collections.abc import Mapping
from typing import Any

MASK = "***"
# Fields whose whole value is a secret, whatever it looks like.
SECRET_NAMES = frozenset(
    {"authorization", "apikey", "api_key", "x_api_key", "password", "secret", "token", "cookie", "set_cookie"}
)
_SUBSTITUTIONS = (
    # Keys and secrets of webhooks, wherever they stand.
    (
        re.compile(r"(?:(?<![A-Za-z0-9_])|(?<=%[0-9A-Fa-f]{2}))(rc|whsec)_[A-Za-z0-9+/=_-]{6,}"),
        rf"\1_{MASK}",
    ),
    # "Authorization: Bearer x", {"X-API-Key": "x"}, and the scheme with its credentials by itself.
    (
        re.compile(
            r"""((?:authorization|x-api-key)["']?\s*[:=]\s*(?:b(?=["']))?["']?)(?:(?:bearer|basic|digest)\s+)?[^\s"',;}]+""",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    (re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE), rf"\1 {MASK}"),
    # In a url's query, in a form, or in somebody else's percent-encoded url.
    (re.compile(r"(api_?key(?:=|%3D))(?:[^\s&\"'%]|%(?!26))+", re.IGNORECASE), rf"\1{MASK}"),
    # A url's user and password. A password may hold an @ that nobody encoded: up to the last one.
    (re.compile(r"(\b[a-z][a-z0-9+.-]{1,24}://)[^\s/?#\"'<>]*@", re.IGNORECASE), rf"\1{MASK}@"),
    # A query, of a url or of a request's target: what follows a question mark that ends no sentence.
    (re.compile(r"""(\S\?)[^\s"'<>]+"""), rf"\1{MASK}"),
)
# Without one of these no pattern here matches; most values, as ids and states, have none.
_SUSPECT = re.compile(r"rc_|whsec_|[?=:%\s\x00-\x1f\x7f-\x9f]")
# All but tab and line feed: in a terminal they could hide or forge a line.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def redacted(text: str) -> str:
    """``text`` without the secrets that can be told by their look or by their place."""
    if not _SUSPECT.search(text):
        return text
    for pattern, replacement in _SUBSTITUTIONS:
        text = pattern.sub(replacement, text)
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def redact_event(_: Any, __: str, event: Any) -> Any:
    """A processor of structlog: every value of the event, to any depth, without secrets."""
    return {name: _without_secrets(name, value) for name, value in event.items()}


def _without_secrets(name: Any, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if str(name).lower().replace("-", "_") in SECRET_NAMES:
        return MASK
    if isinstance(value, Mapping):
        return {key: _without_secrets(key, below) for key, below in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_without_secrets("", below) for below in value]
    return redacted(value if isinstance(value, str) else str(value))
