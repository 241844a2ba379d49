"""What the subjects of the benchmarks hand over: tables for the eye, and named figures for the goals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over rounds."""

    least: float
    middle: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Of some measurements. ValueError: there is none."""
        known = sorted(values)
        if not known:
            raise ValueError("nothing was measured")
        return cls(known[0], median(known), known[-1])

    def __str__(self) -> str:
        return " / ".join(map(short, (self.least, self.middle, self.most)))


def short(value: float) -> str:
    """Three digits that count."""
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3g}"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text below a head; what has to be said about them stands before."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def __str__(self) -> str:
        lines = [f"### {self.title}", ""]
        lines += [self.note, ""] if self.note else []
        lines += [_row(self.head), _row(["---"] * len(self.head)), *map(_row, self.rows)]
        return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


@dataclass(slots=True)
class Part:
    """What one subject found.

    figures   name → what was measured in each round; `goals` speaks of these names
    commands  what was run, in words that hold on any machine
    absent    what could not be measured here, and why
    """

    tables: list[Table] = field(default_factory=list)
    figures: dict[str, list[float]] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


def ratios(values: Sequence[float], base: Sequence[float]) -> list[float]:
    """Each measurement by that of the base in the same round."""
    return [value / under for value, under in zip(values, base, strict=True) if under]
