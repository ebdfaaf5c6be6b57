"""One page's blocks, typed one after the other into one shell, in a folder that looks like a checkout."""

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.documentation.blocks import Block
from tests.documentation.pages import ROOT

SECONDS: Final = 240
# What a checkout has of its own, or a page makes.
NOT_SHARED: Final = {".git", ".rollcall", ".env", "secrets"}
MARK: Final = "\x1e"
END: Final = "END_OF_A_BLOCK"


@dataclass(frozen=True)
class Typed:
    """What came of a page: what each block printed that was reached, and the exit status of the last."""

    status: int
    printed: dict[str, str]
    complaints: str

    @property
    def last(self) -> str:
        """The block that was reached last, and what it said."""
        name = list(self.printed)[-1] if self.printed else "nothing"
        return f"{name} ended with {self.status}:\n{self.printed.get(name, '')}\n{self.complaints[-3000:]}"


def like_a_checkout(folder: Path) -> None:
    """Everything of the repository by links, so that what a page writes stays in ``folder``."""
    for path in ROOT.iterdir():
        if path.name not in NOT_SHARED:
            (folder / path.name).symlink_to(path)


def type_in(blocks: list[Block], folder: Path, environment: dict[str, str], real: dict[str, str]) -> Typed:
    """Run them; ``real`` has what stands on this machine for the addresses that a page names."""
    script = folder / ".typed"
    text = "set -e\n" + "".join(_part(block) for block in blocks if block.runs or block.marked("file"))
    for named, actual in real.items():
        text = text.replace(named, actual)
    script.write_text(text)
    output, complaints = folder / ".printed", folder / ".complaints"
    with output.open("wb") as printed, complaints.open("wb") as said:
        shell = subprocess.Popen(
            ["sh", str(script)],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=said,
            start_new_session=True,
        )
        try:
            status = shell.wait(SECONDS)
        except subprocess.TimeoutExpired:
            status = -signal.SIGKILL
        finally:
            _end(shell)
    return Typed(status, _by_block(output.read_text(errors="replace"), real), complaints.read_text())


def _part(block: Block) -> str:
    if name := block.marked("file"):
        return f"cat > '{name}' <<'{END}'\n{block.text}{END}\n"
    announced = f"printf '{MARK}{block.name}{MARK}'; echo '{block.name}' >&2\n"
    if block.language == "python":
        return f"{announced}.venv/bin/python - <<'{END}'\n{block.text}{END}\n"
    return announced + block.text


def _by_block(printed: str, real: dict[str, str]) -> dict[str, str]:
    for named, actual in real.items():
        printed = printed.replace(actual, named)
    parts = printed.split(MARK)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=False))


def _end(shell: "subprocess.Popen[bytes]") -> None:
    """End what a page has started in the background, too."""
    with suppress(ProcessLookupError):
        os.killpg(shell.pid, signal.SIGKILL)
    shell.wait()
