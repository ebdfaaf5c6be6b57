"""What several unit tests start from."""

from pathlib import Path

import pytest

from tests.unit.sounds import Encode, click, run_ffmpeg, write_wav


@pytest.fixture
def encode(tmp_path: Path) -> Encode:
    """Run ffmpeg with the given options; the first names the file that comes out."""

    def run(name: str, *options: str, source: Path | None = None) -> Path:
        return run_ffmpeg(source or write_wav(tmp_path / "source.wav", click()), options, tmp_path / name)

    return run
