"""Sides of a comparison that take a moment and say that it was longer, for tests of the bench."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

from bench.comparison import Call, Comparison, Outcome, Pair, Side, Target, Work

__all__ = ["NAP_SECONDS", "compared", "count", "count_up", "fail", "failing"]

NAP_SECONDS = 0.05


def count(numbers: int, seconds: float | None, error: float = 0.0) -> Work:
    """Sum numbers, and claim to have taken so long; None leaves that to the clock."""

    def work() -> Outcome:
        time.sleep(NAP_SECONDS)
        held = bytearray(20_000_000)
        result = sum(range(numbers)) + error
        return Outcome(lambda: [result], seconds, {"held bytes": float(len(held))})

    return work


def count_up() -> Work:
    """Take a second longer each time, or say so."""
    taken = itertools.count(1)
    return lambda: Outcome(seconds=float(next(taken)))


def fail() -> Work:
    """Break before there is anything to time."""
    raise ValueError("the input is not there")


def compared(*, error: float = 0.0, is_floor: bool = False, whole: float = 1.0) -> Comparison:
    """Return a comparison with a peer that takes twenty times as long."""
    return Comparison(
        "sums",
        "ten numbers summed",
        Side("curvehouse", Call(count, (10, 1.0)), whole),
        Side("the peer", Call(count, (10, 20.0, error))),
        "the sum",
        pairs,
        is_floor=is_floor,
        unit="numbers",
        target=Target(at_most=1.0) if is_floor else Target(at_least=2.0, peak_bytes=1e9),
    )


def pairs(ours: list[float], theirs: list[float]) -> Iterator[Pair]:
    yield Pair("sum", ours, theirs)


def failing() -> Side:
    """Return a side that breaks."""
    return Side("the peer", Call(fail))
