"""Sweeps: strategies over a grid of parameters and seeds, run on bars, one curve per job."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from curvehouse.sweep.bars import Bars
    from curvehouse.sweep.options import SweepOptions
    from curvehouse.sweep.run import SweepOutcome, run_sweep
    from curvehouse.sweep.spec import SweepSpec, load_spec
    from curvehouse.sweep.strategies import Parameter, Parameters, Strategy

__all__ = [
    "Bars",
    "Parameter",
    "Parameters",
    "Strategy",
    "SweepOptions",
    "SweepOutcome",
    "SweepSpec",
    "load_spec",
    "run_sweep",
]

# Imported on first use: worker processes start in a third of the time without the rest.
_HOMES = {
    "Bars": "bars",
    "Parameter": "strategies",
    "Parameters": "strategies",
    "Strategy": "strategies",
    "SweepOptions": "options",
    "SweepOutcome": "run",
    "SweepSpec": "spec",
    "load_spec": "spec",
    "run_sweep": "run",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
