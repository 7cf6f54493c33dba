"""vectorbt's side: ``python -m bench.sweep_peer CURVES.npy``, a run for each line of input."""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path

import numpy as np

from bench.sweep import CASH, FEE_BPS, LONGS, SHORTS, SLIPPAGE_BPS, index_bars

warnings.simplefilter("ignore")

import vectorbt  # noqa: E402


def main(curves_file: Path) -> None:
    """Say the seconds of each run; the first one compiles, and leaves its curves for comparison."""
    closes = index_bars().closes
    shorts = np.repeat(SHORTS, len(LONGS)).tolist()
    longs = np.tile(LONGS, len(SHORTS)).tolist()
    for number, _ in enumerate(sys.stdin):
        started_at = time.perf_counter()
        short = vectorbt.MA.run(closes, window=shorts).ma.to_numpy()
        long = vectorbt.MA.run(closes, window=longs).ma.to_numpy()
        is_long = short > long
        was_long = np.zeros_like(is_long)
        was_long[1:] = is_long[:-1]
        portfolio = vectorbt.Portfolio.from_signals(
            closes[:, None],
            entries=is_long & ~was_long,
            exits=was_long & ~is_long,
            fees=FEE_BPS / 1e4,
            slippage=SLIPPAGE_BPS / 1e4,
            init_cash=CASH,
            freq="1D",
        )
        value = portfolio.value().to_numpy()
        seconds = time.perf_counter() - started_at
        if number == 0:
            np.save(curves_file, value.T)
        print(seconds, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
