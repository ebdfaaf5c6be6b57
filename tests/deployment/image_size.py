"""How much the gateway's image installs: ``python -m tests.deployment.image_size`` installs it and measures.

The test beside it adds up the same packages as they lie in this environment, which takes a moment.
"""

import re
import subprocess
import sys
import tempfile
import venv
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.deployment.compose import ROOT

MOST_BYTES = 250_000_000
EXTRAS = re.compile(r'-e "\.\[([a-z0-9,]+)\]"')


def extras_of(dockerfile: str) -> set[str]:
    """What an image's recipe installs of the project's extras."""
    return {extra for found in EXTRAS.findall((ROOT / dockerfile).read_text()) for extra in found.split(",")}


def packages_with(extras: set[str]) -> set[str]:
    """Names of all that the project needs with these extras, itself as well, as installed here."""
    wanted, seen = [Requirement(f"rollcall[{','.join(sorted(extras))}]")], set()
    while wanted:
        one = wanted.pop()
        key = (canonicalize_name(one.name), frozenset(one.extras))
        if key in seen:
            continue
        seen.add(key)
        for needed in map(Requirement, distribution(one.name).requires or ()):
            if needed.marker is None or any(
                needed.marker.evaluate({"extra": extra}) for extra in ("", *one.extras)
            ):
                wanted.append(needed)
    return {name for name, _ in seen}


def installed_bytes(package: str) -> int:
    """Of a package's files, by its own record of them."""
    try:
        files = distribution(package).files or []
    except PackageNotFoundError:
        return 0
    return sum(
        Path(str(file.locate())).stat().st_size for file in files if Path(str(file.locate())).is_file()
    )


def main() -> int:
    """Install into an empty environment what the image installs; 1 if that is too much."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        wanted = f".[{','.join(sorted(extras_of('deploy/images/gateway.Dockerfile')))}]"
        pip = [f"{folder}/bin/pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "-q", "-c", "constraints.txt", "-e", wanted], cwd=ROOT, check=True)
        subprocess.run([*pip, "uninstall", "-q", "-y", "pip"], check=True)
        (packages,) = Path(folder).glob("lib/python*/site-packages")
        size = sum(path.stat().st_size for path in packages.rglob("*") if path.is_file())
    print(f"{size / 1e6:.0f} MB of packages in the gateway's image; at most {MOST_BYTES / 1e6:.0f} MB")
    return int(size > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
