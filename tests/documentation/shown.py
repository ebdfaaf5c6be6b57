"""Whether what came is what a page shows: the same names, words and shape, and about the same numbers.

What differs each time is not compared but for its kind: ids, times. ``…`` stands for anything: in a word or a
string for any part of it, as the last of a list for more of the like, on a line of its own for any lines.
"""

import json
import math
import re
from typing import Any, Final

ANY: Final = "…"
LANE: Final = {"█", "·"}
LANE_SHARE: Final = 0.1
NEAR_PERCENT: Final = 3
PERCENT: Final = re.compile(r"\d+(?:\.\d+)?%")
NEAR_SHARE: Final = 0.2
NEAR: Final = 0.3
KINDS: Final = (
    re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"),
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)"),
    re.compile(r"\d{4}-\d\d-\d\d"),
    re.compile(r"(?:rc|whsec)_\S+"),
)


def differences(shown: str, came: str, language: str) -> list[str]:
    """Each with where it is; none if the page tells the truth."""
    if language != "json":
        return _of_lines(
            [one.split() for one in shown.splitlines()], [one.split() for one in came.splitlines()]
        )
    try:
        return _of_values(json.loads(shown), json.loads(came), "$")
    except ValueError as error:
        return [f"no JSON: {error}: {came[:500]!r}"]


def _of_values(shown: Any, came: Any, where: str) -> list[str]:
    if isinstance(shown, dict) and isinstance(came, dict):
        missing = [f"{where}.{name} did not come" for name in shown if name not in came and name != ANY]
        both = [name for name in shown if name in came]
        return missing + [
            one for name in both for one in _of_values(shown[name], came[name], f"{where}.{name}")
        ]
    if isinstance(shown, list) and isinstance(came, list):
        more = bool(shown) and shown[-1] == ANY
        wanted = shown[:-1] if more else shown
        if len(came) < len(wanted) or (len(came) > len(wanted) and not more):
            return [f"{where} has {len(came)} instead of {len(wanted)}: {came}"]
        pairs = zip(wanted, came, strict=False)
        return [one for at, (a, b) in enumerate(pairs) for one in _of_values(a, b, f"{where}[{at}]")]
    return [] if _alike(shown, came) else [f"{where} is {came!r} instead of {shown!r}"]


def _alike(shown: Any, came: Any) -> bool:
    if shown == ANY:
        return True
    if isinstance(shown, str) and isinstance(came, str):
        return _words_alike(shown, came)
    numbers = (int, float)
    if isinstance(shown, numbers) and isinstance(came, numbers) and not isinstance(shown, bool):
        return (type(shown) is float and _near(shown, float(came))) or shown == came
    return type(shown) is type(came) and shown == came


def _near(shown: float, came: float) -> bool:
    return math.isclose(shown, came, rel_tol=NEAR_SHARE, abs_tol=NEAR)


def _words_alike(shown: str, came: str) -> bool:
    if ANY in shown:
        pattern = ".*".join(map(re.escape, shown.split(ANY)))
        return re.fullmatch(pattern, came, re.DOTALL) is not None
    return shown == came or any(kind.fullmatch(shown) and kind.fullmatch(came) for kind in KINDS)


def _of_lines(shown: list[list[str]], came: list[list[str]]) -> list[str]:
    shown, came = [one for one in shown if one], [one for one in came if one]
    at = 0
    for number, wanted in enumerate(shown):
        if wanted == [ANY]:
            following = shown[number + 1 :]
            if not following:
                return []
            while at < len(came) and not _line_alike(following[0], came[at]):
                at += 1
        elif at < len(came) and _line_alike(wanted, came[at]):
            at += 1
        else:
            line = " ".join(came[at]) if at < len(came) else "the end"
            return [f"{line!r} came instead of {' '.join(wanted)!r}"]
    return [] if at == len(came) else [f"{' '.join(came[at])!r} came after all that is shown"]


def _line_alike(wanted: list[str], came: list[str]) -> bool:
    if wanted and wanted[-1] == ANY and len(came) >= len(wanted) - 1:
        wanted, came = wanted[:-1], came[: len(wanted) - 1]
    return len(wanted) == len(came) and all(map(_word_alike, wanted, came))


def _word_alike(wanted: str, came: str) -> bool:
    if _words_alike(wanted, came) or _lanes_alike(wanted, came):
        return True
    percents = PERCENT.fullmatch(wanted), PERCENT.fullmatch(came)
    if all(percents):
        return abs(float(wanted[:-1]) - float(came[:-1])) <= NEAR_PERCENT
    split = r"([^\d.]+)"
    theirs, ours = re.split(split, wanted.strip(".")), re.split(split, came.strip("."))
    return len(theirs) == len(ours) and all(map(_part_alike, theirs, ours))


def _lanes_alike(wanted: str, came: str) -> bool:
    """Of a picture of who speaks when, nearly all columns."""
    if not {*wanted, *came} <= LANE or len(wanted) != len(came):
        return False
    return sum(a != b for a, b in zip(wanted, came, strict=True)) <= max(1, len(wanted) * LANE_SHARE)


def _part_alike(wanted: str, came: str) -> bool:
    try:
        return wanted == came or ("." in wanted and _near(float(wanted), float(came)))
    except ValueError:
        return False
