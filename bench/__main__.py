"""Run the measurements: ``python -m bench [PART…]``, or all of them."""

from __future__ import annotations

import platform
import sys

import duckdb

from bench import (
    attribution,
    failures,
    growth,
    ingest,
    portfolios,
    regimes,
    statistics,
    sweep,
)

PARTS = {
    "ingest": ingest.measure,
    "growth": growth.measure,
    "sweep": sweep.measure,
    "statistics": statistics.measure,
    "regimes": regimes.measure,
    "attribution": attribution.measure,
    "failures": failures.measure,
    "portfolios": portfolios.measure,
}


def main(wanted: list[str]) -> int:
    """Run the wanted parts and print a line for each."""
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        print(f"bench: there is no part {unknown[0]!r}; there are {', '.join(PARTS)}.")
        return 2
    print(f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, {platform.machine()}")
    for part in wanted or PARTS:
        print(PARTS[part]())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
