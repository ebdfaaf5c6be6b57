"""Headers that tell browsers and caches what they must not do with an answer."""

import base64
import hashlib
import re

from flask import Flask, Response, request

from api.console import CONSOLE_ENDPOINTS, CONSOLE_POLICY, is_console_page
from api.documentation import DOCUMENTATION_ENDPOINTS, PAGE_PATH

# Nothing here is a document: what loads nothing, runs nothing and is framed by nobody cannot be misused.
API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
# The page's own scripts by their place, its inline one by its digest. Its style sheet brings images along.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self' {digests}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# A year. Not for subdomains: others may live there.
TRANSPORT_SECURITY = "max-age=31536000"
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def register_security_headers(app: Flask, *, behind_tls: bool) -> None:
    """Set them on every answer of ``app``; Strict-Transport-Security only where callers come by TLS."""

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.update(EVERYWHERE)
        response.headers["Content-Security-Policy"] = _policy(response)
        if request.endpoint not in DOCUMENTATION_ENDPOINTS | CONSOLE_ENDPOINTS:
            response.headers["Cache-Control"] = "no-store"
        if behind_tls:
            response.headers["Strict-Transport-Security"] = TRANSPORT_SECURITY
        return response


def _policy(response: Response) -> str:
    if is_console_page(response):
        return CONSOLE_POLICY
    if response.mimetype != "text/html" or not request.path.startswith(f"{PAGE_PATH}/"):
        return API_POLICY
    # Files are passed through and not read; they have no inline scripts.
    page = "" if response.direct_passthrough else response.get_data(as_text=True)
    return PAGE_POLICY.format(digests=" ".join(map(_digest, _INLINE_SCRIPT.findall(page)))).replace(" ;", ";")


def _digest(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
