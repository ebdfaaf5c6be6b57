"""The console: a page for people at /console, which calls dialect 2 with the key that they give it.

The page holds no data and needs no key; all it shows, it asks for as any other caller does. Its files are
served as they lie in ``page/``: nothing is built, and nothing comes from elsewhere.
"""

from api.console.serving import CONSOLE_ENDPOINTS, CONSOLE_POLICY, is_console_page, register_console

__all__ = ["CONSOLE_ENDPOINTS", "CONSOLE_POLICY", "is_console_page", "register_console"]
