"""The strategies that ship with the package, registered in its own entry points."""

from __future__ import annotations

from curvehouse.sweep import signals
from curvehouse.sweep.strategies import Parameter, Strategy

__all__ = [
    "BUY_AND_HOLD",
    "DONCHIAN_BREAKOUT",
    "MA_CROSSOVER",
    "RANDOM_FLIP",
    "ZSCORE_REVERSION",
]

MA_CROSSOVER = Strategy(
    name="ma_crossover",
    meaning="long while the short moving average of closes is above the long one",
    parameters=(
        Parameter("ma_short", int, "bars of the short moving average", minimum=1),
        Parameter("ma_long", int, "bars of the long moving average", minimum=1),
    ),
    positions=signals.ma_crossover,
    is_valid=lambda parameters: bool(parameters["ma_short"] < parameters["ma_long"]),
    validity="ma_short < ma_long",
)

RANDOM_FLIP = Strategy(
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
)

BUY_AND_HOLD = Strategy(
    name="buy_and_hold",
    meaning="long from the first bar on",
    parameters=(),
    positions=signals.buy_and_hold,
)

DONCHIAN_BREAKOUT = Strategy(
    name="donchian_breakout",
    meaning="long from a close above the channel of the closes before it, until one below it",
    parameters=(
        Parameter("donchian_entry", int, "closes whose highest is broken to enter", minimum=1),
        Parameter("donchian_exit", int, "closes whose lowest is broken to leave", minimum=1),
    ),
    positions=signals.donchian_breakout,
)

ZSCORE_REVERSION = Strategy(
    name="zscore_reversion",
    meaning="long from a close far below its moving average, until it is back",
    parameters=(
        Parameter("zscore_window", int, "bars of mean and standard deviation", minimum=2),
        Parameter("zscore_entry", float, "enters at a z-score of at most minus this", default=2.0),
        Parameter("zscore_exit", float, "leaves at a z-score of at least minus this", default=0.0),
    ),
    positions=signals.zscore_reversion,
    is_valid=lambda parameters: bool(parameters["zscore_exit"] < parameters["zscore_entry"]),
    validity="zscore_exit < zscore_entry",
)
