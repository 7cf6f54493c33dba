"""Whether database files are closed, whole, and what they are said to be."""

from __future__ import annotations

from pathlib import Path

import duckdb

from curvehouse.errors import PublishError
from curvehouse.home import DATABASE_NAME, Home
from curvehouse.quoting import quoted

__all__ = [
    "MEMORY_LIMIT",
    "NO_PROGRESS_BAR",
    "require_built",
    "require_no_log",
    "require_published_closed",
    "row_counts_in",
]

# As much as a build takes; sorting what is larger spills to disk.
MEMORY_LIMIT = "5GB"
# DuckDB takes a module that is run with `-m` for a person at a prompt, and draws a progress bar
# among the outcome once a statement takes two seconds.
NO_PROGRESS_BAR = "set enable_progress_bar = false"


def require_built(home: Home) -> None:
    """Refuse a working file that is not there, or that somebody may be writing.

    Raises
    ------
    PublishError
        When nothing has been built, or a write-ahead log lies beside the file.
    """
    if not home.working_file.exists():
        raise PublishError("nothing has been built yet. Run `curvehouse build`.")
    log = home.open_log
    if log is not None:
        raise PublishError(
            f"{log} is there, so the last writer did not end well or is still at work. "
            "Close what has the working file open, then run `curvehouse build`."
        )


def require_published_closed(home: Home) -> None:
    """Refuse to publish beside a published file that somebody may be writing.

    Raises
    ------
    PublishError
        When a write-ahead log lies beside it.
    """
    require_no_log(home.root)
    if home.published_file.is_symlink():
        require_no_log(home.published_file.resolve().parent)


def require_no_log(folder: Path) -> None:
    """Refuse a published file beside which a write-ahead log lies: readers would replay it.

    Raises
    ------
    PublishError
        The message names the log.
    """
    log = next(folder.glob(f"{DATABASE_NAME}.wal*"), None)
    if log is not None:
        raise PublishError(
            f"{log} is there, so somebody opened the published file to write in it, which nobody "
            "may. Close it there, remove the log, and run this command again."
        )


def row_counts_in(path: Path) -> dict[str, int]:
    """Open a published file as a reader will, and return the rows of each table."""
    counts = {}
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute(NO_PROGRESS_BAR)
        names = connection.execute(
            "select table_name from duckdb_tables() where not internal"
        ).fetchall()
        for (name,) in names:
            query = f"select count(*) from {quoted(name)}"
            ((counts[name],),) = connection.execute(query).fetchall()
    return counts
