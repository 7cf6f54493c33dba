"""Running a query, and its rows as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import duckdb

from curvehouse.home import Home
from curvehouse.query.deadline import Deadline
from curvehouse.query.published import open_published
from curvehouse.query.statements import reading_statement

__all__ = ["QueryResult", "run_query"]

_BATCH_ROWS = 10_000
_ATTEMPTS = 5


@dataclass(frozen=True)
class QueryResult:
    """The rows of a query, which are read as they are asked for.

    Attributes
    ----------
    columns : tuple of str
        Names, made unique with ``_1``, ``_2`` where the query repeats one.
    types : tuple of str
        DuckDB's type of each column.
    batches : iterator of list of tuple
        The rows, in lists of at most 10,000.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    batches: Iterator[list[tuple[Any, ...]]]


@contextmanager
def run_query(home: Home, sql: str, *, timeout: float | None = None) -> Iterator[QueryResult]:
    """Run one reading statement on the published file of ``home``.

    Parameters
    ----------
    home : Home
        The warehouse.
    sql : str
        A SELECT, WITH, FROM, VALUES, SHOW, DESCRIBE, SUMMARIZE or EXPLAIN.
    timeout : float, optional
        Seconds that DuckDB may work on it; without it there is no limit.

    Raises
    ------
    UsageError
        When it is something else, or reaches for a file outside.
    QueryError
        When nothing is published, the statement fails, or its time is up.
    """
    with open_published(home) as connection:
        statement = reading_statement(connection, sql)
        deadline = Deadline(connection, timeout)
        with deadline.working():
            connection.execute(statement)
        description = connection.description or []
        yield QueryResult(
            columns=_unique([column[0] for column in description]),
            types=tuple(str(column[1]) for column in description),
            batches=_batches(connection, statement, deadline),
        )


def _batches(
    connection: duckdb.DuckDBPyConnection, statement: Any, deadline: Deadline
) -> Iterator[list[tuple[Any, ...]]]:
    try:
        while rows := _fetched(connection, deadline):
            yield rows
    except duckdb.InterruptException:
        # The thread that fails stops the others, and now and then theirs is the error that comes
        # out. Another run tells the real one.
        for _ in range(_ATTEMPTS):
            with suppress(duckdb.InterruptException):
                with deadline.working():
                    connection.execute(statement)
                while _fetched(connection, deadline):
                    pass
        raise


def _fetched(connection: duckdb.DuckDBPyConnection, deadline: Deadline) -> list[tuple[Any, ...]]:
    with deadline.working():
        return connection.fetchmany(_BATCH_ROWS)


def _unique(names: list[str]) -> tuple[str, ...]:
    taken: set[str] = set(names)
    seen: set[str] = set()
    unique = []
    for name in names:
        candidate, number = name, 0
        while candidate in seen or (number and candidate in taken):
            number += 1
            candidate = f"{name}_{number}"
        seen.add(candidate)
        unique.append(candidate)
    return tuple(unique)
