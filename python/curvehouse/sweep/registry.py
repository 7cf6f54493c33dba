"""Which strategies are installed: the entry points of the group ``curvehouse.strategies``.

A package adds one by naming a `Strategy` there, under the strategy's own name.
"""

from __future__ import annotations

import re
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from curvehouse.errors import UsageError
from curvehouse.sweep.strategies import Strategy

__all__ = ["STRATEGY_GROUP", "find_strategy", "strategy_names"]

STRATEGY_GROUP = "curvehouse.strategies"

# A strategy's files are in a folder of its name.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


def strategy_names() -> list[str]:
    """Return the names of the strategies that are installed, sorted, whether they load or not."""
    return sorted({point.name for point in entry_points(group=STRATEGY_GROUP)})


def find_strategy(name: str) -> Strategy:
    """Return an installed strategy.

    Raises
    ------
    UsageError
        When there is none of that name or more than one, or it can't be loaded.
    """
    points = list(entry_points(group=STRATEGY_GROUP, name=name))
    if not points:
        known = ", ".join(strategy_names()) or "none: install curvehouse again"
        raise UsageError(f"strategies: {name!r} is unknown; choose among {known}.")
    if len(points) > 1:
        packages = " and ".join(sorted(map(_package, points)))
        raise UsageError(
            f"strategies: {name!r} is registered by {packages}; uninstall one or rename it."
        )
    return _checked(points[0], _loaded(points[0]))


def _loaded(point: EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise UsageError(
            f"strategies: {point.name!r} of {_package(point)} can't be loaded from {point.value!r} "
            f"({reason}); repair or uninstall that package."
        ) from error


def _checked(point: EntryPoint, found: Any) -> Strategy:
    if not isinstance(found, Strategy):
        raise UsageError(
            f"strategies: {point.value!r} of {_package(point)} is a {type(found).__name__} and no "
            "curvehouse.sweep.Strategy; correct its entry point."
        )
    if found.name != point.name:
        raise UsageError(
            f"strategies: {_package(point)} registers {found.name!r} as {point.name!r}; give the "
            "entry point the strategy's own name."
        )
    if not _NAME.fullmatch(found.name):
        raise UsageError(
            f"strategies: {found.name!r} of {_package(point)} can't name a folder; use letters, "
            "digits and '_' in its name."
        )
    return found


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "an unnamed package"
