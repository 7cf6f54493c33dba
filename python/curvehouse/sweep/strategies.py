"""What a strategy is.

A strategy declares its parameters and says, for a whole grid of them at once, on which bars it is
long. `curvehouse.sweep.registry` finds those that are installed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curvehouse.sweep.bars import Bars

__all__ = ["Parameter", "Parameters", "PositionsFunction", "Strategy"]

# Coerced to the declared types by `Parameter.coerce`, which a type checker can't follow.
Parameters = Mapping[str, Any]

PositionsFunction = Callable[[Bars, Sequence[Parameters], Sequence[int | None]], NDArray[np.bool_]]


@dataclass(frozen=True)
class Parameter:
    """A declared parameter of a strategy.

    Attributes
    ----------
    name : str
        Its key in the parameter grid.
    type : type
        One of int, float, str and bool; grid values are coerced to it.
    meaning : str
        One line for people.
    default : optional
        Its value where the grid does not name it; None means that the grid must.
    minimum, maximum : float, optional
        Bounds of a number, both allowed.
    """

    name: str
    type: type[int] | type[float] | type[str] | type[bool]
    meaning: str
    default: str | int | float | bool | None = None
    minimum: float = -math.inf
    maximum: float = math.inf

    def coerce(self, value: object) -> str | int | float | bool:
        """Return ``value`` in the declared type.

        Raises
        ------
        ValueError
            When it has another type or is out of bounds; the message is a clause that starts with
            the value. ``5.0`` is an int, ``5.5``, ``"5"`` and ``true`` are not.
        """
        try:
            coerced = self._in_declared_type(value)
        except OverflowError as error:
            raise ValueError(f"{str(value)[:20]}… is too large") from error
        if isinstance(coerced, int | float) and not self.minimum <= coerced <= self.maximum:
            bound = (
                f"at least {self.minimum:g}"
                if coerced < self.minimum
                else f"at most {self.maximum:g}"
            )
            raise ValueError(f"{value!r} must be {bound}")
        return coerced

    def _in_declared_type(self, value: object) -> str | int | float | bool:
        if isinstance(value, str | bool):
            if type(value) is self.type:
                return value
        elif isinstance(value, int | float):
            if self.type is float:
                # Adding zero turns -0.0 into 0.0, which is the same parameter.
                return float(value) + 0.0
            if self.type is int and value == value // 1:
                return int(value)
        raise ValueError(f"{value!r} is not of type {self.type.__name__}")


@dataclass(frozen=True)
class Strategy:
    """A named trading rule that is long or flat.

    Attributes
    ----------
    name : str
        Its name in specs, results and tables.
    meaning : str
        One line for people: when it is long.
    parameters : tuple of Parameter
        What it declares; the grid's other keys do not touch it.
    positions : callable
        ``positions(bars, grid, seeds)`` with the bars of one symbol and one entry of ``grid`` and
        ``seeds`` per job; returns bool of shape (n_bars, n_jobs): the position decided at each
        close, from that bar and earlier ones only. A job's positions must not depend on the jobs
        beside it.
    draws_random : bool
        Whether it draws random numbers, so that seeds multiply it. Where histories are resampled,
        they multiply every strategy, and all are given seeds.
    is_valid : callable
        Whether a combination of its parameters makes sense; others are not planned.
    validity : str
        One line for people: which combinations make sense; empty where all do.
    """

    name: str
    meaning: str
    parameters: tuple[Parameter, ...]
    positions: PositionsFunction
    draws_random: bool = False
    is_valid: Callable[[Parameters], bool] = lambda _: True
    validity: str = ""
