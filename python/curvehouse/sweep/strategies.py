"""What a strategy is, and the strategies there are.

A strategy declares its parameters and says, for a whole grid of them at once, on which bars it is
long. To add one, write its positions function in a module like `signals` and register it here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curvehouse.sweep import signals

__all__ = ["STRATEGIES", "Parameter", "Parameters", "PositionsFunction", "Strategy"]

# Coerced to the declared types by `Parameter.coerce`, which a type checker can't follow.
Parameters = Mapping[str, Any]

PositionsFunction = Callable[
    [NDArray[np.float64], Sequence[Parameters], Sequence[int | None]], NDArray[np.bool_]
]


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
        ``positions(closes, grid, seeds)`` with ``closes`` float64 of shape (n_bars,) and one entry
        of ``grid`` and ``seeds`` per job; returns bool of shape (n_bars, n_jobs): the position
        decided at each close, from that close and earlier ones only.
    draws_random : bool
        Whether seeds multiply it.
    is_valid : callable
        Whether a combination of its parameters makes sense; others are not planned.
    """

    name: str
    meaning: str
    parameters: tuple[Parameter, ...]
    positions: PositionsFunction
    draws_random: bool = False
    is_valid: Callable[[Parameters], bool] = lambda _: True


def _by_name(*strategies: Strategy) -> dict[str, Strategy]:
    return {strategy.name: strategy for strategy in strategies}


STRATEGIES: dict[str, Strategy] = _by_name(
    Strategy(
        name="ma_crossover",
        meaning="long while the short moving average of closes is above the long one",
        parameters=(
            Parameter("ma_short", int, "bars of the short moving average", minimum=1),
            Parameter("ma_long", int, "bars of the long moving average", minimum=1),
        ),
        positions=signals.ma_crossover,
        is_valid=lambda parameters: bool(parameters["ma_short"] < parameters["ma_long"]),
    ),
    Strategy(
        name="random_flip",
        meaning="starts flat and changes its mind at random",
        parameters=(
            Parameter(
                "flip_probability",
                float,
                "chance of a change at each bar",
                default=0.1,
                minimum=0,
                maximum=1,
            ),
        ),
        positions=signals.random_flip,
        draws_random=True,
    ),
    Strategy(
        name="buy_and_hold",
        meaning="long from the first bar on",
        parameters=(),
        positions=signals.buy_and_hold,
    ),
)
