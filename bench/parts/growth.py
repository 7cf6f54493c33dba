"""Building the tables kept by backtest: of more and more curves, and of some more each time."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import duckdb

from bench.comparison import Call, Comparison, Outcome, Pair, Side, Target, Work
from bench.made_rows import load_curves, load_factors
from bench.process import run_command
from bench.warehouse import kept_by_backtest, results, topic_seconds
from curvehouse.home import Home

__all__ = ["comparisons"]

SIZES, QUICK_SIZES = (200, 2_000, 20_000), (10, 20)
MORE, ROWS = 100, 2_520
# Some hundred more are nothing to a home above this size, and a copy would want as much disk again.
COPIED_BYTES = 5e9
# From the second size to the third; the first is too small to say much.
PER_CURVE, MORE_COSTS = Target(at_most=1.2, peak_bytes=8e9), Target(at_most=1.3)


def comparisons(folder: Path, *, quick: bool) -> Iterator[Comparison]:
    """Yield each size beside the one before: the first build by curve, and 100 curves more."""
    sizes = QUICK_SIZES if quick else SIZES
    loaded = {size: folder / f"loaded_{size}" for size in sizes}
    built = {size: folder / f"built_{size}" for size in sizes}
    for fewer, size in pairwise(sizes):
        for each in (fewer, size):
            if not loaded[each].exists():
                load_factors(Home(loaded[each]), ROWS)
                load_curves(Home(loaded[each]), each, ROWS)
        first, before = (
            Side(f"{each:,} curves", Call(build_first, (str(loaded[each]), str(built[each]))), each)
            for each in (size, fewer)
        )
        yield Comparison(
            f"{size:,} curves",
            f"the first build of tables kept by backtest, {size:,} curves of {ROWS:,} days",
            first,
            before,
            "days built and days loaded",
            _pairs,
            is_floor=True,
            unit="curves",
            target=PER_CURVE if size == sizes[-1] else Target(),
            daily_rows=size * ROWS,
        )
        more, before = (
            Side(
                f"{MORE} more to {each:,}",
                Call(build_more, (str(built[each]), str(folder / "more"))),
            )
            for each in (size, fewer)
        )
        yield Comparison(
            f"{MORE} more to {size:,}",
            f"tables kept by backtest when {MORE} curves are added",
            more,
            before,
            "days built and days loaded",
            _pairs,
            is_floor=True,
            target=MORE_COSTS if size == sizes[-1] else Target(),
        )


def build_first(loaded: str, built: str) -> Work:
    """Build a copy of a home that is loaded; it stays."""
    shutil.rmtree(built, ignore_errors=True)
    shutil.copytree(loaded, built)
    return lambda: _build(Home(Path(built)))


def build_more(built: str, copy: str) -> Work:
    """Add curves to a copy of a home that is built, or to itself where it is large, and build."""
    home = Home(Path(built))
    shutil.rmtree(copy, ignore_errors=True)
    if home.working_file.stat().st_size < COPIED_BYTES:
        home = Home(Path(copy))
        shutil.copytree(built, copy, symlinks=True)
    load_curves(home, MORE, ROWS)
    return lambda: _build(home)


def _build(home: Home) -> Outcome:
    """Build and publish; what counts are the models kept by backtest, the rest stands beside."""
    started_at = time.perf_counter()
    run_command("curvehouse", "build", "--no-publish", "--home", home.root)
    built_at = time.perf_counter()
    run_command("curvehouse", "publish", "--home", home.root)
    published_at = time.perf_counter()
    kept = kept_by_backtest(home)
    seconds = {True: 0.0, False: 0.0}
    for result in results(home):
        seconds[result["unique_id"] in kept] += result["execution_time"]
    also = {
        "other models and tests": seconds[False],
        **topic_seconds(home),
        "publishing": published_at - built_at,
        "the whole build": published_at - started_at,
        "working file bytes": home.working_file.stat().st_size,
        "published file bytes": home.published_file.stat().st_size,
    }
    return Outcome(lambda: _days(home), seconds[True], also, clean=partial(_withdraw, home))


def _withdraw(home: Home) -> None:
    """Remove what is published, which would take more disk than all else."""
    home.published_file.unlink()
    shutil.rmtree(home.publications)


def _pairs(ours: tuple[int, int], theirs: tuple[int, int]) -> Iterator[Pair]:
    for what, (built, wanted) in (("larger", ours), ("smaller", theirs)):
        yield Pair(f"days of the {what} warehouse", built, wanted)


def _days(home: Home) -> tuple[int, int]:
    """Return how many days were built, and how many were loaded."""
    with duckdb.connect(str(home.working_file), read_only=True) as connection:
        rows = connection.execute(
            "select (select count(*) from fct_equity_daily), (select count(*) from raw.equity)"
        ).fetchall()
    built, wanted = rows[0]
    return int(built), int(wanted)
