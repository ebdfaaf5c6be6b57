"""What goes wrong in a set-up, in words that help."""

from __future__ import annotations

from pathlib import Path

_NETWORK = (
    "NewConnectionError",
    "NameResolutionError",
    "Temporary failure in name resolution",
    "ConnectTimeout",
    "ReadTimeout",
    "Read timed out",
    "Connection refused",
    "Connection reset",
    "Connection broken",
    "Connection aborted",
    "IncompleteRead",
    "ProxyError",
    "Network is unreachable",
    "Could not fetch URL",
)
# The first line that fits wins, so causes come before their consequences.
_ADVICE: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("No space left on device", "Disk quota exceeded"),
        "The disk is full. The environment needs about 3 GB, and 10 GB where torch comes with CUDA.",
    ),
    (
        ("Permission denied", "Read-only file system"),
        "Something here cannot be written. Check who owns this folder.",
    ),
    (
        ("CERTIFICATE_VERIFY_FAILED",),
        "The registry's certificate is not trusted here. Behind a proxy, name its certificate in PIP_CERT.",
    ),
    (
        _NETWORK,
        "The package registry did not answer. Check the network; behind a proxy set HTTPS_PROXY, "
        "for a mirror PIP_INDEX_URL.",
    ),
    (
        ("No matching distribution found", "ResolutionImpossible"),
        "The registry has no release that fits constraints.txt. A mirror may lag behind, and this Python or "
        "system may be one that a package was not built for.",
    ),
    (("MemoryError", "Cannot allocate memory"), "There was not enough memory."),
)


class SetupFailed(Exception):
    """Set-up cannot go on. Its text is shown to people as it is."""


class StepFailed(SetupFailed):
    """A program that set-up started has failed.

    `output` is all that it printed.
    """

    def __init__(self, title: str, output: str, log: Path) -> None:
        self.title, self.output, self.log = title, output, log
        super().__init__(title)

    @property
    def is_network(self) -> bool:
        """Whether trying again may help."""
        return _mentions(self.output, _NETWORK) and not _mentions(self.output, _ADVICE[0][0])

    def __str__(self) -> str:
        """The end of the output, what to try, and where to read on."""
        lines = [f"  | {line}" for line in self.output.strip().splitlines()[-12:]]
        advice = next((text for marks, text in _ADVICE if _mentions(self.output, marks)), "")
        return "\n".join(
            [
                f"This step failed: {self.title}",
                *lines,
                *([advice] if advice else []),
                f"All of it is in {self.log}",
            ]
        )


def _mentions(output: str, marks: tuple[str, ...]) -> bool:
    return any(mark in output for mark in marks)
