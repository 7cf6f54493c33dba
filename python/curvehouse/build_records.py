"""What the working file says of the dbt commands that ran on it, and of the last ingest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import duckdb

from curvehouse.database import WORKING_CONFIG
from curvehouse.errors import BusyError
from curvehouse.home import Home

__all__ = [
    "BuildRecord",
    "WorkingState",
    "note_project",
    "read_state",
    "reading_working_file",
]

_BUILDS = """
    select invocation_id, command, selection, error_count, finished_at, {fingerprint}, {revision}
    from operations.builds
    order by finished_at, rowid
"""
_OF_PROJECT = """
    (
        select max({column})
        from operations.project_builds
        where project_builds.invocation_id = builds.invocation_id
    )
"""


@dataclass(frozen=True)
class BuildRecord:
    """One dbt command on the working file, as the on-run-end hook noted it.

    Attributes
    ----------
    invocation_id : str
        The command's id, as in dbt's artefacts.
    command : str
        ``build``, ``run``, ``test``, …
    selection : str or None
        What kept it from being the whole project on all rows, such as ``select=…``.
    error_count : int
        Models and tests that failed.
    finished_at : datetime
        In UTC, without a time zone.
    fingerprint : str or None
        Of the project that ran, where ``curvehouse build`` ran it.
    revision : str or None
        The git commit of that project, where it lay in a repository.
    """

    invocation_id: str
    command: str
    selection: str | None
    error_count: int
    finished_at: datetime
    fingerprint: str | None = None
    revision: str | None = None

    @property
    def is_clean_and_whole(self) -> bool:
        """True for a build of everything in which nothing failed."""
        return self.command == "build" and self.selection is None and self.error_count == 0


@dataclass(frozen=True)
class WorkingState:
    """The dbt commands on a working file, oldest first, and when a file was last ingested."""

    builds: tuple[BuildRecord, ...] = ()
    last_loaded_at: datetime | None = None

    @property
    def last_build(self) -> BuildRecord | None:
        """The last dbt command, of whatever kind."""
        return self.builds[-1] if self.builds else None


@contextmanager
def reading_working_file(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a reading connection to the working file, which exists.

    Raises
    ------
    BusyError
        When a process that writes has it open.
    """
    try:
        connection = duckdb.connect(str(home.working_file), read_only=True, config=WORKING_CONFIG)
    except duckdb.IOException as error:
        if "lock on file" not in str(error):
            raise
        raise BusyError(
            f"{home.working_file} is open in another process; close it there and run this "
            "command again."
        ) from error
    with connection:
        yield connection


def read_state(connection: duckdb.DuckDBPyConnection) -> WorkingState:
    """Return what the working file says of itself; nothing where it has no such tables."""
    columns = set(
        connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns "
            "where table_catalog = current_catalog()"
        ).fetchall()
    )
    builds: tuple[BuildRecord, ...] = ()
    if ("operations", "builds", "invocation_id") in columns:
        noted = {
            column: _OF_PROJECT.format(column=column)
            if ("operations", "project_builds", column) in columns
            else "null"
            for column in ("fingerprint", "revision")
        }
        query = _BUILDS.format(**noted)
        builds = tuple(BuildRecord(*row) for row in connection.execute(query).fetchall())
    last_loaded_at = None
    if ("raw", "files", "loaded_at") in columns:
        ((last_loaded_at,),) = connection.execute("select max(loaded_at) from raw.files").fetchall()
    return WorkingState(builds, last_loaded_at)


def note_project(
    connection: duckdb.DuckDBPyConnection,
    invocation_id: str,
    fingerprint: str,
    revision: str | None = None,
) -> None:
    """Note which project a dbt command ran."""
    connection.execute(
        "create table if not exists operations.project_builds "
        "(invocation_id varchar not null, fingerprint varchar not null, revision varchar)"
    )
    # Where an older version made the table.
    connection.execute(
        "alter table operations.project_builds add column if not exists revision varchar"
    )
    connection.execute(
        "insert into operations.project_builds values (?, ?, ?)",
        [invocation_id, fingerprint, revision],
    )
