"""How large and small numbers of a file may be.

A ratio of two accepted numbers, its fourth power, and a sum of such powers over any curve stay
within what a DOUBLE holds. Beyond that a statistic overflows, and one file would end the build.
"""

from __future__ import annotations

__all__ = [
    "LARGEST",
    "LARGEST_RETURN",
    "MOST_PERIODS",
    "SMALLEST",
    "is_too_large_sql",
    "is_too_odd_sql",
]

SMALLEST, LARGEST = 1e-30, 1e30
LARGEST_RETURN = 1e6
# Rows per year; a year has not twice as many minutes.
MOST_PERIODS = 1e6


def is_too_large_sql(number: str, largest: float = LARGEST) -> str:
    """Return SQL that is true where the size of a DOUBLE is beyond ``largest``; NaN has none."""
    return f"(abs({number}) > {largest!r} and not isnan({number}))"


def is_too_odd_sql(number: str) -> str:
    """Return SQL that is true where a DOUBLE is not zero, NaN or of an accepted size."""
    return f"({is_too_large_sql(number)} or ({number} <> 0 and abs({number}) < {SMALLEST!r}))"
