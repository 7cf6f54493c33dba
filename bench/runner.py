"""One comparison: check that both sides agree, then time them in turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.comparison import Comparison, Side, UnequalError, require_equal
from bench.process import Usage, call_measured

__all__ = ["ROUNDS", "Row", "measure"]

ROUNDS = 3


@dataclass(frozen=True)
class Row:
    """What came out of a comparison; the attributes are those of the results file.

    Attributes
    ----------
    part, name, what, same : str
    checked_count : int
        Numbers of both sides that were held against each other.
    is_floor : bool
    ours, other : dict
        ``name, units, seconds, processor_seconds, peak_bytes, also``: a list of a number per round,
        already scaled up to the whole where the side did less; the peak is the highest.
    extrapolation : str
        Which side did less than the whole, or nothing.
    ratios : list of float
        By round: the peer's time over ours, or ours over the floor's.
    target : dict
        ``at_least, at_most, peak_bytes``.
    is_met : bool or None
        None where nothing was hoped for.
    daily_rows : int
        Curves times days of the whole; 0 where that is not what its time goes with.
    """

    part: str
    name: str
    what: str
    same: str
    checked_count: int
    is_floor: bool
    ours: dict[str, Any]
    other: dict[str, Any]
    extrapolation: str
    ratios: list[float]
    target: dict[str, float | None]
    is_met: bool | None
    daily_rows: int = 0

    @property
    def ratio(self) -> float:
        """The median of the rounds."""
        return median(self.ratios)


def measure(
    part: str, comparison: Comparison, say: Callable[[str], None], *, rounds: int = ROUNDS
) -> Row:
    """Return what a comparison came to.

    Parameters
    ----------
    part : str
    comparison : Comparison
    say : callable
        Told of each step.
    rounds : int
        How often both are timed after the check; 0 takes the times of the check itself.

    Raises
    ------
    UnequalError
        When the sides came to different numbers: nothing is timed then.
    BenchError
        When a side did not run.
    """
    sides = (comparison.ours, comparison.other)
    say(f"{part}: {comparison.name}: checking {comparison.same}")
    first, second = (call_measured(side.call, wants_result=True) for side in sides)
    try:
        checked_count = require_equal(comparison.pairs(first.result, second.result))
    except UnequalError as error:
        raise UnequalError(
            f"{part}: {comparison.name}: not timed, as the sides differ. {error}"
        ) from None
    usages: tuple[list[Usage], list[Usage]] = ([], []) if rounds else ([first], [second])
    del first, second
    for number in range(rounds):
        say(f"{part}: {comparison.name}: round {number + 1} of {rounds}")
        # Each goes first in turn, so that neither always finds what the other left behind.
        for place in (0, 1) if number % 2 == 0 else (1, 0):
            usages[place].append(call_measured(sides[place].call))
    return _row(part, comparison, checked_count, *usages)


def _row(
    part: str,
    comparison: Comparison,
    checked_count: int,
    ours: Sequence[Usage],
    theirs: Sequence[Usage],
) -> Row:
    whole = max(comparison.ours.units, comparison.other.units)
    sides = [
        _side(side, usages, whole / side.units)
        for side, usages in ((comparison.ours, ours), (comparison.other, theirs))
    ]
    over, under = sides if comparison.is_floor else reversed(sides)
    ratios = [one / other for one, other in zip(over["seconds"], under["seconds"], strict=True)]
    target = comparison.target
    wanted = {
        "at_least": target.at_least,
        "at_most": target.at_most,
        "peak_bytes": target.peak_bytes,
    }
    has_target = any(value is not None for value in wanted.values())
    return Row(
        part=part,
        name=comparison.name,
        what=comparison.what,
        same=comparison.same,
        checked_count=checked_count,
        is_floor=comparison.is_floor,
        ours=sides[0],
        other=sides[1],
        extrapolation=comparison.extrapolation,
        ratios=ratios,
        target=wanted,
        is_met=target.is_met(median(ratios), sides[0]["peak_bytes"]) if has_target else None,
        daily_rows=comparison.daily_rows,
    )


def _side(side: Side, usages: Sequence[Usage], scale: float) -> dict[str, Any]:
    names = dict.fromkeys(name for usage in usages for name in usage.also)
    return {
        "name": side.name,
        "units": side.units,
        "seconds": [usage.seconds * scale for usage in usages],
        "processor_seconds": [usage.processor_seconds * scale for usage in usages],
        "peak_bytes": max(usage.peak_bytes for usage in usages),
        "also": {
            name: median(usage.also[name] for usage in usages if name in usage.also)
            for name in names
        },
    }
