"""What MkDocs does to a page: marks for tests go, and so do links to what a site has not."""

import posixpath
import re
from typing import Any


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """The page as the site shows it."""
    folder = posixpath.dirname(page.file.src_uri)
    plain = re.sub(r"^```(\w+) [^\n]*$", r"```\1", markdown, flags=re.MULTILINE)
    return re.sub(r"\[([^\]]+)\]\((\.\./[^)]+)\)", lambda link: _inside(link, folder), plain)


def _inside(link: re.Match[str], folder: str) -> str:
    target = posixpath.normpath(posixpath.join(folder, link[2]))
    return link[1] if target.startswith("..") else link[0]
