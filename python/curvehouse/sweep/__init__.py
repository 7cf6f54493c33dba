"""Sweeps: strategies over a grid of parameters and seeds, run on bars, one curve per job."""

from curvehouse.sweep.run import SweepOutcome, run_sweep
from curvehouse.sweep.spec import SweepSpec, load_spec

__all__ = ["SweepOutcome", "SweepSpec", "load_spec", "run_sweep"]
