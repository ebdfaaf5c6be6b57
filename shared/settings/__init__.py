"""Every setting of every process, in one frozen object.

An entry point calls :func:`load_settings` once and passes the object on; no other module reads the
process environment. A field ``http_port`` is the variable ``ROLLCALL_HTTP_PORT``.
"""

from shared.settings.model import Settings, load_settings

__all__ = ["Settings", "load_settings"]
