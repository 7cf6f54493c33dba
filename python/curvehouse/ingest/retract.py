"""Taking files out of force: their rows stay, and the tables are built without them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import duckdb

from curvehouse.errors import InvalidInputError
from curvehouse.home import Home
from curvehouse.ingest.report import shown_path
from curvehouse.ingest.session import ingest_session, transaction
from curvehouse.ingest.standings import standings_sql

__all__ = ["retract_paths", "retract_run"]

# A file with a load in force is where that was found, also when a later version was refused.
_IS_AT = """
    exists (
        select 1
        from (select unnest(?::varchar[]) as place)
        where
            coalesce(active_path, file_path) = place
            or starts_with(coalesce(active_path, file_path), rtrim(place, '/') || '/')
    )
"""
_IS_OF_RUNS = "run_id in (select unnest(?::varchar[]))"

# A retraction copies the rows that it takes out, so that the ledger knows which content is out.
_RETRACT = """
    insert into raw.files by name
    select
        files.* exclude (row_count, day_count, duplicate_row_count, reordered_row_count) replace (
            (select max(load_id) from raw.files)
            + row_number() over (order by files.load_id) as load_id,
            'retracted' as status,
            ?::timestamp as loaded_at
        )
    from raw.files as files
    where files.load_id in (select unnest(?::bigint[]))
"""


@dataclass(frozen=True)
class _File:
    """An identity that has something to take out: a load in force, a refused version, or both."""

    kind: str
    run_id: str | None
    active_load_id: int | None
    quarantined_load_id: int | None

    @property
    def load_ids(self) -> list[int]:
        """The ledger rows to take out."""
        both = (self.active_load_id, self.quarantined_load_id)
        return [load_id for load_id in both if load_id is not None]


def retract_paths(home: Home, paths: Sequence[Path]) -> int:
    """Take what came from some paths out of force, and out of quarantine.

    Parameters
    ----------
    home : Home
        The warehouse.
    paths : sequence of Path
        Files, or folders with all below them, where they were found last; they need not exist any
        more. A run's manifest or jobs.jsonl stands for the whole run.

    Returns
    -------
    int
        The number of files taken out.

    Raises
    ------
    InvalidInputError
        When there is nothing to take out at one of the paths; nothing is changed then.
    """

    def choose(connection: duckdb.DuckDBPyConnection) -> set[_File]:
        chosen: set[_File] = set()
        for path in paths:
            places = [shown_path(path), shown_path(path.resolve())]
            found = _find(connection, _IS_AT, places)
            chosen |= found or _fail(_nothing_at(path))
        # Curves without their run's plan, or the other way round, would say nothing.
        plans = {
            file.run_id
            for file in chosen
            if file.kind in ("manifest", "jobs") and file.active_load_id is not None and file.run_id
        }
        return chosen | _find(connection, _IS_OF_RUNS, sorted(plans))

    return _retract(home, choose, nothing=_nothing_at(paths[0]))


def retract_run(home: Home, run_id: str) -> int:
    """Take all of a run out of force, and out of quarantine: manifest, jobs, curves and trades.

    Returns
    -------
    int
        The number of files taken out.

    Raises
    ------
    InvalidInputError
        When nothing of the run is in force or in quarantine.
    """
    nothing = (
        f"nothing of the run {run_id!r} is in force or in quarantine: `curvehouse query "
        '"from dim_runs"` lists the runs.'
    )

    def choose(connection: duckdb.DuckDBPyConnection) -> set[_File]:
        return _find(connection, _IS_OF_RUNS, [run_id]) or _fail(nothing)

    return _retract(home, choose, nothing=nothing)


def _retract(
    home: Home,
    choose: Callable[[duckdb.DuckDBPyConnection], set[_File]],
    *,
    nothing: str,
) -> int:
    if not home.working_file.exists():
        _fail(nothing)
    retracted_at = datetime.now(UTC).replace(tzinfo=None)
    with (
        ingest_session(home, "curvehouse ingest retract") as connection,
        transaction(connection),
    ):
        chosen = choose(connection)
        load_ids = [load_id for file in chosen for load_id in file.load_ids]
        connection.execute(_RETRACT, [retracted_at, load_ids])
    return len(chosen)


def _find(
    connection: duckdb.DuckDBPyConnection, condition: str, values: Sequence[str]
) -> set[_File]:
    rows = connection.execute(
        f"""
        select
            kind,
            run_id,
            active_load_id,
            case when status = 'quarantined' then latest_load_id end
        from ({standings_sql()})
        where (active_load_id is not null or status = 'quarantined') and {condition}
        """,
        [list(values)],
    ).fetchall()
    return {_File(*row) for row in rows}


def _nothing_at(path: Path) -> str:
    return (
        f"no file in force or in quarantine is, or lies below, {shown_path(path)}: give the path "
        "as `fct_ingested_files` has it in file_path, or --run."
    )


def _fail(message: str) -> NoReturn:
    raise InvalidInputError(message)
