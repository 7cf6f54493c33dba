"""Raw rows of random curves, as an ingest leaves them; reading files is measured elsewhere."""

from __future__ import annotations

from curvehouse.database import open_working_file
from curvehouse.home import Home

__all__ = ["load_benchmark", "load_curves", "load_factors"]

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
    from raw.files where kind = 'equity' and load_id >= {first}
"""
_CALENDARS = """
    insert into raw.calendars by name
    select
        load_id, 'backtest' as subject_kind, backtest_id as subject_id,
        252.0 as periods_per_year, 'daily' as frequency, false as has_weekends
    from raw.files where kind = 'equity' and load_id >= {first}
"""
_EQUITY = """
    insert into raw.equity
    select
        load_id, timestamp '2010-01-01' + interval (d) day as ts,
        100000 * exp(sum((hash(load_id, d) % 20001) / 1e6 - 0.01) over (
            partition by load_id order by d
        )) as equity
    from raw.files, range({rows}) t(d)
    where kind = 'equity' and load_id >= {first} and load_id < {last}
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
# Of the symbol that stands for the market, on all days of the curves; after all of them.
_BENCHMARK_LOAD = 1_000_000_000
_BENCHMARK = """
    insert into raw.files by name
    select
        {load} as load_id, 'bars' as kind, '/made/bars' as file_path, 'bars' as file_sha256,
        'loaded' as status, {rows} as row_count, {rows} as day_count,
        now() at time zone 'UTC' as loaded_at;
    insert into raw.bars by name
    select
        {load} as load_id, 'SP500' as symbol, timestamp '2010-01-01' + interval (d) day as ts,
        1000 + hash(d) % 1000 as close
    from range({rows}) t(d)
"""
_AT_ONCE = 1_000


def load_curves(home: Home, count: int, rows: int) -> None:
    """Load curves, after those that are there, one row a day from 2010 on."""
    with open_working_file(home) as connection:
        ((last_load,),) = connection.execute(
            "select coalesce(max(load_id), 0) from raw.files where kind = 'equity'"
        ).fetchall()
        first = last_load + 1
        for statement in (_FILES, _JOBS, _CALENDARS):
            connection.execute(statement.format(first=first, last=first + count, rows=rows))
        for start in range(first, first + count, _AT_ONCE):
            last = min(start + _AT_ONCE, first + count)
            connection.execute(_EQUITY.format(first=start, last=last, rows=rows))


def load_factors(home: Home, rows: int) -> None:
    """Load a set of three factors on the days of the curves."""
    with open_working_file(home) as connection:
        connection.execute(_FACTORS.format(rows=rows))


def load_benchmark(home: Home, rows: int) -> None:
    """Load bars of the benchmark on the days of the curves."""
    with open_working_file(home) as connection:
        connection.execute(_BENCHMARK.format(load=_BENCHMARK_LOAD, rows=rows))
