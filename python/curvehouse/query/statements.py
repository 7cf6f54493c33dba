"""Which statements are let through: one, and one that reads.

DuckDB itself tells what a statement is, and the way the file is opened keeps everything else out of
reach; a parser of its own finds the words of a refusal, and may fail to understand a statement.
"""

from __future__ import annotations

import re
from typing import Any

import duckdb

from curvehouse.errors import UsageError
from curvehouse.query.functions import REFUSED_NAMES

__all__ = ["reading_statement"]

# DuckDB turns some PRAGMAs and CALLs into SELECTs, so the first word is looked at as well.
_QUERY_WORDS = {"select", "with", "from", "values", "table", "pivot", "unpivot"}
_READING_WORDS = _QUERY_WORDS | {"show", "describe", "desc", "summarize", "explain"}
_READING_TYPES = {"SELECT", "EXPLAIN"}
_FIRST_WORD = re.compile(r"(?:\s|\(|--[^\n]*(?:\n|$)|/\*.*?\*/)*(\w*)", re.DOTALL)
_EXPLAIN = re.compile(
    r"\s*explain\b(?:\s+analyze\b)?(?:\s*\(\s*(?:analyze|format)\b[^)]*\))?", re.I
)


def reading_statement(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """Return the one reading statement of ``sql``, as DuckDB takes it.

    Raises
    ------
    UsageError
        When it is something else, several statements or none, or calls a function that reaches
        beyond the published tables; the message names what was found and what to do.
    """
    statements = connection.extract_statements(sql)
    if not statements:
        raise UsageError("the query is empty; give one statement, such as `select 1`.")
    word = _first_word(sql)
    if len(statements) > 1 and word == "pivot":
        raise UsageError("a PIVOT needs its values: `pivot … on column in ('a', 'b') …`.")
    if len(statements) > 1:
        words = ", ".join(_first_word(each.query).upper() for each in statements)
        raise UsageError(
            f"the query holds {len(statements)} statements ({words}); give one at a time."
        )
    (statement,) = statements
    if word not in _READING_WORDS or statement.type.name not in _READING_TYPES:
        raise UsageError(_refusal(word, statement.type.name, sql))
    _refuse_functions(sql)
    if word == "explain":
        inner = _EXPLAIN.sub("", _without_comments(sql), count=1)
        reading_statement(connection, inner)
    return statement


def _refusal(word: str, kind: str, sql: str) -> str:
    from curvehouse.query.refusals import words_for_statement

    # What stands behind a WITH has a type and no first word of its own.
    return words_for_statement(kind.lower() if word == "with" else word, sql)


def _refuse_functions(sql: str) -> None:
    if not REFUSED_NAMES.search(sql):
        return
    from curvehouse.query.refusals import words_for_functions

    refused = words_for_functions(sql)
    if refused:
        raise UsageError(refused)


def _first_word(sql: str) -> str:
    match = _FIRST_WORD.match(sql)
    return match.group(1).lower() if match else ""


def _without_comments(sql: str) -> str:
    match = _FIRST_WORD.match(sql)
    return sql[match.start(1) :] if match else sql
