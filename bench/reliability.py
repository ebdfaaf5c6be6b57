"""Whether confidence means what it says: of decisions that are so sure, how many are right."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.report import Section

NUM_BINS = 10
_SIZE, _EDGE, _INK, _FAINT, _OURS = 360, 48, "#333", "#bbb", "#2a6fb0"


@dataclass(frozen=True)
class Judged:
    """A decision: how sure it was, whether it was right, and how much it weighs."""

    confidence: float
    is_right: bool
    weight: float = 1.0


@dataclass(frozen=True)
class Bin:
    """Decisions of about the same confidence: how many, their mean, and the share that is right."""

    low: float
    high: float
    number: int
    share_of_all: float
    confidence: float
    right: float


def bins_of(judged: Sequence[Judged], number: int = NUM_BINS) -> list[Bin]:
    """``number`` bins as wide as each other, without those that hold nothing."""
    total, found = sum(one.weight for one in judged), []
    for place in range(number):
        held = [one for one in judged if min(int(one.confidence * number), number - 1) == place]
        weight = sum(one.weight for one in held)
        if weight:
            confidence = sum(one.weight * one.confidence for one in held) / weight
            right = sum(one.weight * one.is_right for one in held) / weight
            edges = (place / number, (place + 1) / number)
            found.append(Bin(*edges, len(held), weight / total, confidence, right))
    return found


def calibration_error(bins: Sequence[Bin]) -> float:
    """How far confidence is from the share that is right, on average over all decisions."""
    return sum(one.share_of_all * abs(one.confidence - one.right) for one in bins)


def reliability_section(answers: Sequence[Judged], diagram: Path) -> Section:
    """The table, also drawn to the file ``diagram``."""
    bins = bins_of(answers)
    diagram.write_text(reliability_svg(bins))
    return Section(
        "Confidence means what it says",
        ("confidence", "decisions", "% of all, weighed", "mean confidence %", "right answer %"),
        [*map(_cells, bins), ("distance from confidence", str(len(answers)), "100", "–", _error(bins))],
        "Decisions of the same trials, names given and refused; strangers and enrolled voices weigh the same "
        "in all. The right answer is the enrolled voice's name, and none for a stranger. The last line is "
        "the mean distance of confidence from what was right."
        f"\n\n![Reliability diagram]({diagram.name})",
    )


def _cells(one: Bin) -> list[str]:
    shares = (one.share_of_all, one.confidence, one.right)
    return [f"{one.low:.1f} to {one.high:.1f}", str(one.number), *(f"{share * 100:.1f}" for share in shares)]


def _error(bins: Sequence[Bin]) -> str:
    return f"{calibration_error(bins) * 100:.1f}"


def reliability_svg(bins: Sequence[Bin]) -> str:
    """Mean confidence across, share of right decisions up; discs are as large as what they stand for."""
    whole = _SIZE + 2 * _EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" '
        f'font-family="sans-serif" font-size="12" fill="{_INK}">',
        f'<rect width="{whole}" height="{whole}" fill="white"/>',
        *(_grid(step / 5) for step in range(6)),
        f'<line {_ends((0, 0), (1, 1))} stroke="{_INK}" stroke-dasharray="4 4"/>',
        _path(bins),
        *(
            f'<circle cx="{_x(one.confidence):.1f}" cy="{_y(one.right):.1f}" '
            f'r="{3 + 14 * one.share_of_all**0.5:.1f}" fill="{_OURS}" fill-opacity="0.6"/>'
            for one in bins
        ),
        f'<text x="{whole / 2}" y="{whole - 8}" text-anchor="middle">confidence</text>',
        f'<text x="14" y="{whole / 2}" text-anchor="middle" '
        f'transform="rotate(-90 14 {whole / 2})">share of decisions that were right</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _path(bins: Sequence[Bin]) -> str:
    points = " ".join(f"{_x(one.confidence):.1f},{_y(one.right):.1f}" for one in bins)
    return f'<polyline points="{points}" fill="none" stroke="{_OURS}" stroke-width="2"/>'


def _grid(share: float) -> str:
    return (
        f'<line {_ends((share, 0), (share, 1))} stroke="{_FAINT}"/>'
        f'<line {_ends((0, share), (1, share))} stroke="{_FAINT}"/>'
        f'<text x="{_x(share):.1f}" y="{_y(0) + 16:.1f}" text-anchor="middle">{share:.1f}</text>'
        f'<text x="{_x(0) - 6:.1f}" y="{_y(share) + 4:.1f}" text-anchor="end">{share:.1f}</text>'
    )


def _ends(start: tuple[float, float], end: tuple[float, float]) -> str:
    (left, low), (right, high) = start, end
    return f'x1="{_x(left):.1f}" y1="{_y(low):.1f}" x2="{_x(right):.1f}" y2="{_y(high):.1f}"'


def _x(share: float) -> float:
    return _EDGE + share * _SIZE


def _y(share: float) -> float:
    return _EDGE + (1 - share) * _SIZE
