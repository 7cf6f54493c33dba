"""Run the measurements: ``python -m bench [PART…] [--quick]``, all parts where none is named.

Results are printed, and kept in ``bench/results.json`` and ``bench/results.md``; a part that runs
alone replaces its own. Progress goes to standard error. The exit code is 0 when all was measured,
whether targets are met or not; 1 when the sides of a comparison came to different numbers or did
not run, which leaves it out; 2 for a part that there is not.
"""

from __future__ import annotations

import argparse
import importlib
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.comparison import BenchError, Target
from bench.machine import circumstances
from bench.results import merge, read_results, write_results
from bench.runner import ROUNDS, Row, measure
from bench.scaling import update_page
from bench.tables import markdown, terminal_lines

PARTS = {
    "sweep": "a grid of moving averages, beside vectorbt",
    "ingest": "curves from CSV files, beside DuckDB's own read_csv",
    "statistics": "figures of each curve, beside quantstats, empyrical and one sort",
    "attribution": "regressions in rolling windows, beside statsmodels",
    "regimes": "labels of each day, beside one sort",
    "portfolios": "walking forward, beside skfolio, and beside reading and writing",
    "failures": "clusters of a million trades, beside scikit-learn's k-means",
    "build": "a whole build, beside one sort and write of the daily rows",
    "spark": "the same models on Spark, beside DuckDB",
    "growth": "builds of 200, 2,000 and 20,000 curves, and of 100 more",
}
RESULTS = Path(__file__).with_name("results.json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the wanted parts; return the exit code."""
    wanted = _parser().parse_args(arguments)
    names = [name for text in wanted.parts for name in re.split(r"[\s,]+", text) if name]
    for name in names:
        if name not in PARTS:
            _say(f"bench: there is no part {name!r}; there are {', '.join(PARTS)}.")
            return 2
    where = circumstances()
    failed = False
    for name in [name for name in PARTS if name in names] or PARTS:
        started_at = time.monotonic()
        rows, is_whole = _measured(name, quick=wanted.quick)
        _say(f"{name}: took {time.monotonic() - started_at:.0f} s in all")
        failed = failed or not is_whole
        if rows and not wanted.quick:
            results = merge(read_results(RESULTS), {name: rows}, where, list(PARTS))
            write_results(RESULTS, results)
            RESULTS.with_suffix(".md").write_text(markdown(results))
            update_page(results)
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parts = "\n".join(f"  {name:<12} {what}" for name, what in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure against the peers and the machine's floor.",
        epilog=f"parts:\n{parts}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help="by name, also several with commas; else all"
    )
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, once, to see it work; keeps nothing"
    )
    return parser


def _measured(name: str, *, quick: bool) -> tuple[list[Row], bool]:
    """Return what a part came to, and whether all of it did; what fails is told and left out."""
    part = importlib.import_module(f"bench.parts.{name}")
    rows, is_whole = [], True
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        _say(f"{name}: preparing")
        for comparison in part.comparisons(Path(folder), quick=quick):
            # Targets are for the sizes that they were set for.
            judged = replace(comparison, target=Target()) if quick else comparison
            try:
                rows.append(measure(name, judged, _say, rounds=0 if quick else ROUNDS))
            except BenchError as error:
                _say(f"bench: {error}")
                is_whole = False
                continue
            print("\n".join(terminal_lines(rows[-1])), flush=True)
    return rows, is_whole


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        _say("bench: interrupted; parts that had ended are kept")
        sys.exit(130)
