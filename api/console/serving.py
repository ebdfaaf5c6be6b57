"""/console and its files."""

from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, redirect, request
from flask.typing import ResponseReturnValue

CONSOLE_PATH = "/console"
PAGE_FOLDER = Path(__file__).with_name("page")
CONSOLE_ENDPOINTS = frozenset({"console.lead_to_page", "console.show_page", "console.static"})
# Its own files only. Recordings that are listened to are blobs of the page's own making. No text becomes
# markup or script: a browser that knows trusted types refuses every place where it could.
CONSOLE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src blob:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def register_console(app: Flask, *, audio_is_kept: bool) -> None:
    """Serve the page and its files. Where no audio is kept, the page does not ask for it."""
    console = Blueprint("console", __name__, static_folder=str(PAGE_FOLDER), static_url_path=CONSOLE_PATH)

    @cache
    def page() -> str:
        text = (PAGE_FOLDER / "index.html").read_text(encoding="utf-8")
        if audio_is_kept:
            text = text.replace('name="kept" content=""', 'name="kept" content="audio"')
        return text.replace("</head>", f"{_preloads()}</head>")

    @console.get(CONSOLE_PATH)
    def lead_to_page() -> ResponseReturnValue:
        return redirect(f"{CONSOLE_PATH}/")

    @console.get(f"{CONSOLE_PATH}/")
    def show_page() -> Response:
        return _asked_again(Response(page(), content_type="text/html; charset=utf-8"))

    console.after_request(_asked_again)
    app.register_blueprint(console)


def _preloads() -> str:
    """All scripts are fetched at once, not each when the one before has asked for it."""
    scripts = sorted(path.relative_to(PAGE_FOLDER).as_posix() for path in PAGE_FOLDER.glob("scripts/**/*.js"))
    return "".join(f'  <link rel="modulepreload" href="{script}">\n' for script in scripts)


def is_console_page(response: Response) -> bool:
    """Whether an answer is the page, as opposed to its parts and to an error."""
    return request.endpoint == "console.show_page" and response.mimetype == "text/html"


def _asked_again(response: Response) -> Response:
    # Kept, but asked for again: a newer service brings newer files.
    response.headers["Cache-Control"] = "no-cache"
    return response
