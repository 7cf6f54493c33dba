"""Curvehouse: a warehouse for equity curves."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curvehouse.warehouse import Curvehouse, load

__all__ = ["Curvehouse", "__version__", "load"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Return what takes an import, when it is asked for."""
    if name in ("Curvehouse", "load"):
        from curvehouse import warehouse  # noqa: PLC0415

        return getattr(warehouse, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
