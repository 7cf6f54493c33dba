"""Building the tables kept by backtest: at first, with some more curves, and ten times as many."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from bench.process import run_measured
from curvehouse.database import open_working_file
from curvehouse.home import Home

__all__ = ["measure"]

CURVES = 2_000
MANY_CURVES = 20_000
MORE_CURVES = 100
ROWS = 2_520

# Raw rows as an ingest leaves them; reading files is measured elsewhere.
_FILES = """
    insert into raw.files by name
    select
        i as load_id, 'equity' as kind, 'bench' as run_id, 'made' as strategy,
        sha256('hash ' || i) as param_hash, left(sha256('curve ' || i), 16) as backtest_id,
        '/made/' || i as file_path, sha256('file ' || i) as file_sha256, 'loaded' as status,
        {rows} as row_count, {rows} as day_count, now() at time zone 'UTC' as loaded_at
    from range({first}, {last}) t(i)
"""
_JOBS = """
    insert into raw.jobs by name
    select load_id, run_id, backtest_id, strategy, param_hash, '{{}}' as params, 'ok' as status
    from raw.files where load_id >= {first}
"""
_CALENDARS = """
    insert into raw.calendars by name
    select
        load_id, 'backtest' as subject_kind, backtest_id as subject_id,
        252.0 as periods_per_year, 'daily' as frequency, false as has_weekends
    from raw.files where load_id >= {first}
"""
_EQUITY = """
    insert into raw.equity
    select
        load_id, timestamp '2010-01-01' + interval (d) day as ts,
        100000 * exp(sum((hash(load_id, d) % 20001) / 1e6 - 0.01) over (
            partition by load_id order by d
        )) as equity
    from raw.files, range({rows}) t(d)
    where load_id >= {first} and load_id < {last}
    order by load_id, d
"""
# The default set, so that the curves are attributed too; before the curves, which take load 1 on.
_FACTORS = """
    insert into raw.files by name
    select
        0 as load_id, 'factors' as kind, 'factors' as dataset, '/made/factors' as file_path,
        sha256('factors') as file_sha256, 'loaded' as status, 3 * {rows} as row_count,
        now() at time zone 'UTC' as loaded_at;
    insert into raw.factors by name
    select
        0 as load_id, 'factors' as factor_set, factor, 'excess' as kind,
        (i + 1)::integer as factor_position, date '2010-01-01' + d::integer as factor_date,
        (hash(factor, d) % 20001) / 1e6 - 0.01 as factor_return
    from
        (select ['market', 'momentum', 'size'][i + 1] as factor, i from range(3) t(i)),
        range({rows}) u(d)
"""


@dataclass(frozen=True)
class Build:
    """One build: seconds of the models kept by backtest, of all the rest, and peak memory.

    What a Python model fits for a table kept by backtest counts as that table's.
    """

    kept_seconds: float
    other_seconds: float
    peak_bytes: int


def measure() -> str:
    """Return the time and memory per curve at both sizes, and what some more curves cost."""
    few, few_more = _grown(CURVES)
    many, many_more = _grown(MANY_CURVES)
    per_curve = many.kept_seconds / MANY_CURVES / (few.kept_seconds / CURVES)
    return (
        f"growth: {CURVES:,} curves {_shown(few)}; {MORE_CURVES} more {_shown(few_more)}, "
        f"ratio {few_more.kept_seconds / few.kept_seconds:.3f}\n"
        f"growth: {MANY_CURVES:,} curves {_shown(many)}; {MORE_CURVES} more "
        f"{_shown(many_more)}; time per curve {per_curve:.2f} times that at {CURVES:,}"
    )


def _shown(build: Build) -> str:
    return (
        f"{build.kept_seconds:.2f} s (tests and other models {build.other_seconds:.1f} s, "
        f"peak {build.peak_bytes / 1e9:.1f} GB)"
    )


def _grown(curves: int) -> tuple[Build, Build]:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        with open_working_file(home) as connection:
            connection.execute(_FACTORS.format(rows=ROWS))
        _load(home, 1, curves)
        first = _build(home)
        _load(home, curves + 1, MORE_CURVES)
        return first, _build(home)


def _load(home: Home, first: int, count: int) -> None:
    with open_working_file(home) as connection:
        for statement in (_FILES, _JOBS, _CALENDARS):
            connection.execute(statement.format(first=first, last=first + count, rows=ROWS))
        for start in range(first, first + count, 1_000):
            last = min(start + 1_000, first + count)
            connection.execute(_EQUITY.format(first=start, last=last, rows=ROWS))


def _build(home: Home) -> Build:
    peak = run_measured("curvehouse", "build", "--no-publish", "--home", str(home.root))
    manifest = json.loads((home.target / "manifest.json").read_text())["nodes"]
    results = json.loads((home.target / "run_results.json").read_text())["results"]
    kept = _kept_by_backtest(manifest)
    seconds = {True: 0.0, False: 0.0}
    for result in results:
        seconds[result["unique_id"] in kept] += result["execution_time"]
    with duckdb.connect(str(home.working_file), read_only=True) as connection:
        ((built, wanted),) = connection.execute(
            "select (select count(*) from fct_equity_daily), (select count(*) from raw.equity)"
        ).fetchall()
    if built != wanted:
        raise SystemExit(f"bench: the build has {built} days where {wanted} were loaded.")
    return Build(seconds[True], seconds[False], peak)


def _kept_by_backtest(nodes: dict[str, Any]) -> set[str]:
    """Return the tables that are kept by backtest, and the Python models that they take up."""
    tables = {name for name, node in nodes.items() if _is_incremental(node)}
    parents = {parent for name in tables for parent in nodes[name]["depends_on"]["nodes"]}
    return tables | {name for name in parents if nodes.get(name, {}).get("language") == "python"}


def _is_incremental(node: dict[str, Any]) -> bool:
    return bool(node["config"].get("materialized") == "incremental")
