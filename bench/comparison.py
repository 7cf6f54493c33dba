"""What is held against what: two sides, how their results must agree, and what is hoped for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

__all__ = [
    "BenchError",
    "Call",
    "Comparison",
    "Outcome",
    "Pair",
    "Side",
    "Target",
    "UnequalError",
    "Work",
    "require_equal",
]


class BenchError(Exception):
    """A side did not run; the message says which and why."""


class UnequalError(BenchError):
    """The two sides came to different numbers, so their times say nothing."""


@dataclass(frozen=True)
class Outcome:
    """What a piece of work says of itself.

    Attributes
    ----------
    result : callable or None
        Returns what is held against the other side; called after the clock has stopped, and only
        when the two are checked.
    seconds : float or None
        Where only a part of the work counts, that part; else the whole call does.
    also : mapping of str to float
        What is reported beside it, by name: seconds of other steps, ``… bytes``.
    clean : callable or None
        Called last.
    """

    result: Callable[[], Any] | None = None
    seconds: float | None = None
    also: Mapping[str, float] = field(default_factory=dict)
    clean: Callable[[], None] | None = None


Work = Callable[[], Outcome]


@dataclass(frozen=True)
class Call:
    """A function of a module, with JSON values; it prepares, and returns the work to be timed.

    Attributes
    ----------
    prepare : callable
        Defined at the top of an importable module; returns a `Work`.
    arguments : tuple
        Values that JSON can hold.
    warm_ups : int
        Runs of the work before the timed one, for what compiles on first use.
    repeats : int
        Timed runs in a row, whose mean counts: for work of milliseconds.
    """

    prepare: Callable[..., Work]
    arguments: tuple[Any, ...] = ()
    warm_ups: int = 0
    repeats: int = 1


@dataclass(frozen=True)
class Side:
    """One of the two that are compared.

    Attributes
    ----------
    name : str
        As people know it, with its version where it is a library.
    call : Call
    units : float
        How much it does of what both are about. Where the sides differ, the seconds of the smaller
        are scaled up, and the output says so.
    """

    name: str
    call: Call
    units: float = 1.0


@dataclass(frozen=True)
class Pair:
    """The same numbers by both sides; NaN equals NaN."""

    what: str
    ours: ArrayLike
    theirs: ArrayLike
    relative: float = 1e-9
    absolute: float = 0.0


@dataclass(frozen=True)
class Target:
    """What the ratio should come to.

    Against a peer the ratio is its time over ours, and ``at_least`` the target; against a floor it
    is our time over the floor's, and ``at_most`` the target. ``peak_bytes`` bounds our memory.
    """

    at_least: float | None = None
    at_most: float | None = None
    peak_bytes: float | None = None

    def is_met(self, ratio: float, peak_bytes: float) -> bool:
        """Whether all that was wanted has come out."""
        return (
            (self.at_least is None or ratio >= self.at_least)
            and (self.at_most is None or ratio <= self.at_most)
            and (self.peak_bytes is None or peak_bytes <= self.peak_bytes)
        )


@dataclass(frozen=True)
class Comparison:
    """Ours beside a peer or a floor.

    Attributes
    ----------
    name, what : str
        A word or two, and a sentence about what is done.
    ours, other : Side
    same : str
        Which numbers of both are held against each other.
    pairs : callable
        Takes the results of both sides, and yields the numbers.
    is_floor : bool
        Whether the other side is the least that has to be done, and not a peer.
    unit : str
        What the sides' ``units`` count.
    target : Target
    daily_rows : int
        Curves times days that the whole is about, where that is what its time goes with.
    """

    name: str
    what: str
    ours: Side
    other: Side
    same: str
    pairs: Callable[[Any, Any], Iterable[Pair]]
    is_floor: bool = False
    unit: str = ""
    target: Target = Target()
    daily_rows: int = 0

    @property
    def extrapolation(self) -> str:
        """Say which side did less than the whole, or nothing."""
        whole = max(self.ours.units, self.other.units)
        for side in (self.ours, self.other):
            if side.units < whole:
                return f"{side.name} from {side.units:,.0f} of {whole:,.0f} {self.unit}"
        return ""


def require_equal(pairs: Iterable[Pair]) -> int:
    """Return how many numbers were held against each other, all of them equal.

    Raises
    ------
    UnequalError
        When some are not, or there are none.
    """
    total = 0
    for pair in pairs:
        ours, theirs = np.asarray(pair.ours, float), np.asarray(pair.theirs, float)
        if ours.shape != theirs.shape:
            raise UnequalError(
                f"{pair.what}: ours has shape {ours.shape}, the other {theirs.shape}"
            )
        is_same = np.isclose(ours, theirs, rtol=pair.relative, atol=pair.absolute, equal_nan=True)
        if not is_same.all():
            at = tuple(int(place[0]) for place in np.nonzero(~is_same))
            raise UnequalError(
                f"{pair.what}: {int((~is_same).sum()):,} of {ours.size:,} numbers differ, the "
                f"first at {at}: {ours[at]!r} here and {theirs[at]!r} there"
            )
        total += ours.size
    if not total:
        raise UnequalError("there are no numbers to hold against each other")
    return total
