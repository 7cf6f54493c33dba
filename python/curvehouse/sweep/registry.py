"""Which strategies are installed: the entry points of the group ``curvehouse.strategies``.

A package adds one by naming a `Strategy` there, under the strategy's own name.
"""

from __future__ import annotations

import re
from importlib.metadata import entry_points

from curvehouse.errors import UsageError
from curvehouse.extensions import ExtensionGroup, package_of
from curvehouse.sweep.strategies import Strategy

__all__ = ["STRATEGY_GROUP", "find_strategy", "strategy_names"]

STRATEGY_GROUP = "curvehouse.strategies"

_STRATEGIES = ExtensionGroup(STRATEGY_GROUP, Strategy, "strategies", "curvehouse.sweep.Strategy")
# A strategy's files are in a folder of its name.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


def strategy_names() -> list[str]:
    """Return the names of the strategies that are installed, sorted, whether they load or not."""
    return _STRATEGIES.names()


def find_strategy(name: str) -> Strategy:
    """Return an installed strategy.

    Raises
    ------
    UsageError
        When there is none of that name or more than one, or it can't be loaded.
    """
    found = _STRATEGIES.find(name)
    if not _NAME.fullmatch(found.name):
        (point,) = entry_points(group=STRATEGY_GROUP, name=name)
        raise UsageError(
            f"strategies: {found.name!r} of {package_of(point)} can't name a folder; use letters, "
            "digits and '_' in its name."
        )
    return found
