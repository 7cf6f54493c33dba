"""Curves as small as a word."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["HEIGHT", "WIDTH", "sparkline_path"]

WIDTH = 96
HEIGHT = 22
_STRETCHES = 32
_MARGIN = 1


def sparkline_path(
    stretches: Sequence[int],
    lowest: Sequence[float],
    highest: Sequence[float],
    is_lowest_first: Sequence[bool],
) -> str:
    """Return the path of a curve in a box of `WIDTH` by `HEIGHT`.

    Parameters
    ----------
    stretches : sequence of int
        Which of 32 equal parts of the curve each entry is about, in order.
    lowest, highest : sequence of float
        Lowest and highest equity of each.
    is_lowest_first : sequence of bool
        Whether the lowest came first.

    Examples
    --------
    >>> sparkline_path([0, 31], [1.0, 2.0], [1.0, 3.0], [True, True])
    'M1 21L2 21L94 11L95 1'
    """
    bottom, top = min(lowest), max(highest)
    span = (top - bottom) or 1.0

    def height(value: float) -> int:
        return round(HEIGHT - _MARGIN - (value - bottom) / span * (HEIGHT - 2 * _MARGIN))

    points: list[tuple[int, int]] = []
    step = (WIDTH - 2 * _MARGIN) / (2 * _STRETCHES - 1)
    for stretch, low, high, low_first in zip(
        stretches, lowest, highest, is_lowest_first, strict=True
    ):
        first, second = (low, high) if low_first else (high, low)
        points.append((round(_MARGIN + 2 * stretch * step), height(first)))
        points.append((round(_MARGIN + (2 * stretch + 1) * step), height(second)))
    return "M" + "L".join(f"{x} {y}" for x, y in _without_repeats(points))


def _without_repeats(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Leave out points that lie on a level stretch between two others."""
    kept: list[tuple[int, int]] = []
    for index, point in enumerate(points):
        inner = 0 < index < len(points) - 1
        if inner and points[index - 1][1] == point[1] == points[index + 1][1]:
            continue
        if not kept or kept[-1] != point:
            kept.append(point)
    return kept
