"""Processes as an image runs them, without Docker: process number 1, not root, nothing to write but its data.

Where this user may make namespaces for it: as root on Linux. Elsewhere the same command runs as it is.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil

UID = 10001
# Not in a container: here the interpreter itself may lie where only root can read.
KEPT = "dac_read_search"
CONFINE = f"""
mount --make-rprivate /
for kept in "$DATA" "$SCRATCH"; do mount --bind "$kept" "$kept"; done
mount -o remount,bind,ro /
exec setpriv --reuid={UID} --regid={UID} --clear-groups --no-new-privs \
    --inh-caps=-all,+{KEPT} --ambient-caps=-all,+{KEPT} --bounding-set=-all,+{KEPT} "$@"
"""


def can_confine() -> bool:
    """Whether containers are closed here."""
    return sys.platform == "linux" and os.geteuid() == 0 and all(map(shutil.which, ("unshare", "setpriv")))


class Container:
    """One process of an image; ``data`` is its volume, and its log is kept beside."""

    def __init__(self, command: list[str], data: Path, environment: dict[str, str]) -> None:
        scratch = data.with_name(f"{data.name}-tmp-{len(list(data.parent.iterdir()))}")
        scratch.mkdir(mode=0o777)
        scratch.chmod(0o777)
        data.mkdir(exist_ok=True)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": "/home/nobody-can-write-here",
            "TMPDIR": str(scratch),
            "MPLCONFIGDIR": str(scratch / "matplotlib"),
        } | environment
        self.log = scratch.with_suffix(".log")
        program = [sys.executable if command[0] == "python" else command[0], *command[1:]]
        if can_confine():
            os.chown(data, UID, UID)
            confined = ["unshare", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child"]
            program = [*confined, "sh", "-ec", CONFINE, "sh", *program]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                program,
                env=self.environment | {"DATA": str(data), "SCRATCH": str(scratch)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def process(self) -> psutil.Process:
        """The process itself. Raises psutil's NoSuchProcess before it began, and after its end."""
        outer = psutil.Process(self._process.pid)
        return outer.children()[0] if can_confine() else outer

    def wait(self, timeout_seconds: float) -> int:
        """The exit status. Raises subprocess's TimeoutExpired."""
        return self._process.wait(timeout_seconds)

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def stop(self, grace_seconds: float) -> int:
        """Stop as Docker does: SIGTERM to the one process, and its exit status. Raises TimeoutExpired."""
        if self.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait(grace_seconds)

    def kill(self) -> None:
        """End it, whatever it does."""
        if self.returncode is None:
            for one in psutil.Process(self._process.pid).children(recursive=True):
                one.kill()
            self._process.kill()
        self._process.wait()

    def writable_places(self) -> set[str]:
        """Where the process can write to a disk, by its mounts."""
        mounts = [line.split() for line in Path(f"/proc/{self.process.pid}/mounts").read_text().splitlines()]
        root_device = next(device for device, place, *_ in mounts if place == "/")
        # Of several mounts at one place, the last is seen.
        seen = {place: options for device, place, _, options, *_ in mounts if device == root_device}
        return {place for place, options in seen.items() if "rw" in options.split(",")}

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3000:]
