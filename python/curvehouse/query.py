"""One read-only statement on the published file, with no access to any other file."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from curvehouse.errors import QueryError, UsageError
from curvehouse.home import Home
from curvehouse.storage import is_damage

__all__ = ["QueryResult", "open_published", "run_query"]

_BATCH_ROWS = 10_000
_ATTEMPTS = 5
_SANDBOX: dict[str, Any] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}

# DuckDB turns some PRAGMAs and CALLs into SELECTs, so the first word is looked at as well.
_QUERY_WORDS = {"select", "with", "from", "values", "table", "pivot", "unpivot"}
_READING_WORDS = _QUERY_WORDS | {"show", "describe", "desc", "summarize", "explain"}
_READING_TYPES = {"SELECT", "EXPLAIN"}
_FIRST_WORD = re.compile(r"(?:\s|\(|--[^\n]*(?:\n|$)|/\*.*?\*/)*(\w*)", re.DOTALL)
_EXPLAIN = re.compile(
    r"\s*explain\b(?:\s+analyze\b)?(?:\s*\(\s*(?:analyze|format)\b[^)]*\))?", re.I
)


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
def run_query(home: Home, sql: str) -> Iterator[QueryResult]:
    """Run one reading statement on the published file of ``home``.

    Parameters
    ----------
    home : Home
        The warehouse.
    sql : str
        A SELECT, WITH, FROM, VALUES, SHOW, DESCRIBE, SUMMARIZE or EXPLAIN.

    Raises
    ------
    UsageError
        When it is something else, or reaches for a file outside.
    QueryError
        When nothing is published, or the statement fails.
    """
    with open_published(home) as connection:
        statement = _only_statement(connection, sql)
        connection.execute(statement)
        description = connection.description or []
        yield QueryResult(
            columns=_unique([column[0] for column in description]),
            types=tuple(str(column[1]) for column in description),
            batches=_batches(connection, statement),
        )


@contextmanager
def open_published(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file of ``home`` read-only, with no access to any other file.

    Raises
    ------
    QueryError
        When nothing is published, or a statement fails while the file is open.
    """
    if not home.published_file.exists():
        raise QueryError(f"nothing is published in {home.root} yet. Run `curvehouse build` first.")
    path = home.published_file.resolve()
    with tempfile.TemporaryDirectory(prefix="curvehouse-") as spill:
        config: dict[str, Any] = {**_SANDBOX, "temp_directory": spill}
        with (
            _tidy_errors(path),
            duckdb.connect(str(path), read_only=True, config=config) as connection,
        ):
            yield connection


def _only_statement(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    statements = connection.extract_statements(sql)
    if not statements:
        raise UsageError("the query is empty; give one statement, such as `select 1`.")
    word = _first_word(sql)
    if len(statements) > 1 and word == "pivot":
        raise UsageError("a PIVOT needs its values: `pivot … on column in ('a', 'b') …`.")
    if len(statements) > 1:
        raise UsageError(f"the query holds {len(statements)} statements; give one at a time.")
    (statement,) = statements
    if word not in _READING_WORDS or statement.type.name not in _READING_TYPES:
        raise UsageError(
            f"{word.upper() or 'this'} is not a reading statement; `query` takes one SELECT, "
            "WITH, FROM, VALUES, SHOW, DESCRIBE, SUMMARIZE or EXPLAIN."
        )
    if word == "explain":
        inner = _EXPLAIN.sub("", _without_comments(sql), count=1)
        _only_statement(connection, inner)
    return statement


def _first_word(sql: str) -> str:
    match = _FIRST_WORD.match(sql)
    return match.group(1).lower() if match else ""


def _without_comments(sql: str) -> str:
    match = _FIRST_WORD.match(sql)
    return sql[match.start(1) :] if match else sql


def _batches(
    connection: duckdb.DuckDBPyConnection, statement: Any
) -> Iterator[list[tuple[Any, ...]]]:
    try:
        while rows := connection.fetchmany(_BATCH_ROWS):
            yield rows
    except duckdb.InterruptException:
        # The thread that fails stops the others, and now and then theirs is the error that comes
        # out. Another run tells the real one.
        for _ in range(_ATTEMPTS):
            with suppress(duckdb.InterruptException):
                connection.execute(statement)
                while connection.fetchmany(_BATCH_ROWS):
                    pass
        raise


@contextmanager
def _tidy_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except duckdb.PermissionException as error:
        raise UsageError(
            f"{_sentence(error)}; `query` reads the published file and nothing else."
        ) from error
    except duckdb.Error as error:
        if isinstance(error, duckdb.IOException) and is_damage(str(error)):
            raise QueryError(
                f"{path} is damaged or no DuckDB file; remove its folder and run "
                "`curvehouse publish`."
            ) from error
        raise QueryError(_sentence(error)) from error


def _sentence(error: duckdb.Error) -> str:
    """Return DuckDB's message and its hint as one line, without the excerpt of the query."""
    message = str(error).split("\n\nLINE ")[0]
    return " ".join(message.split())


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
