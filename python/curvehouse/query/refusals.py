"""The words of a refusal: what was found, and what to do instead."""

from __future__ import annotations

import logging

import sqlglot
from sqlglot import exp

from curvehouse.query.functions import REFUSED_FUNCTIONS

__all__ = ["words_for_functions", "words_for_statement"]

_READ = "`query` takes one SELECT, WITH, FROM, VALUES, SHOW, DESCRIBE, SUMMARIZE or EXPLAIN."
_CHANGES = f"would change {{place}}, and nobody writes to the published file; {_READ}"
_MAKES = f"would change what the published file is made of; {_READ}"
_WRITES = (
    "writes files, and `query` only reads; `curvehouse query … --format csv > FILE` does that."
)
_OPENS = f"opens another database, and the published file is all that is within reach; {_READ}"
_SETTINGS = f"concerns DuckDB's settings, which are locked here; {_READ}"
_EXTENSIONS = f"brings code into DuckDB, and `query` loads no extension; {_READ}"
_UPKEEP = f"is for those who write, and the published file only has readers; {_READ}"
_PREPARED = "is for sessions, and a query stands alone: write its values into one SELECT."

_WORDS = {
    **dict.fromkeys(("insert", "update", "delete", "merge", "truncate", "merge_into"), _CHANGES),
    **dict.fromkeys(("create", "drop", "alter", "comment"), _MAKES),
    **dict.fromkeys(("copy", "export"), _WRITES),
    # DuckDB before 2.0 looks for the files first, and says that they are out of reach.
    "import": f"reads files, and those are out of reach; {_READ}",
    **dict.fromkeys(("attach", "detach", "use"), _OPENS),
    **dict.fromkeys(("set", "reset"), _SETTINGS),
    "pragma": f"{_SETTINGS} `show tables` and `describe TABLE` do what its readings do.",
    "call": "is not how a query calls a function: `from FUNCTION(…)` is.",
    **dict.fromkeys(("install", "load"), _EXTENSIONS),
    **dict.fromkeys(("prepare", "execute", "deallocate"), _PREPARED),
    **dict.fromkeys(
        ("begin", "start", "commit", "rollback", "abort", "checkpoint", "force", "vacuum"), _UPKEEP
    ),
    "analyze": _UPKEEP,
}


def words_for_statement(word: str, sql: str) -> str:
    """Return why a statement that begins with ``word`` is refused, as a sentence."""
    name = word.upper().replace("_", " ") or "this"
    why = _WORDS.get(word, f"is not a reading statement; {_READ}")
    return f"{name} {why.format(place=_changed_table(sql) or 'a table')}"


def words_for_functions(sql: str) -> str | None:
    """Return why the functions that a query calls are refused, or None where they are not.

    A query that only DuckDB understands is let through: what it reaches for is out of reach.
    """
    for statement in _parsed(sql):
        for call in statement.find_all(exp.Func):
            name = call.name if isinstance(call, exp.Anonymous) else call.sql_name()
            if name.lower() in REFUSED_FUNCTIONS:
                return f"{name.lower()} {REFUSED_FUNCTIONS[name.lower()]}"
    return None


def _changed_table(sql: str) -> str | None:
    changes = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.TruncateTable)
    for statement in _parsed(sql):
        table = statement.find(exp.Table) if isinstance(statement, changes) else None
        if table is not None:
            return table.name
    return None


def _parsed(sql: str) -> list[exp.Expr]:
    logger = logging.getLogger("sqlglot")
    level = logger.level
    # It warns of statements that it takes for mere words, which is what they are here.
    logger.setLevel(logging.CRITICAL)
    try:
        return [statement for statement in sqlglot.parse(sql, read="duckdb") if statement]
    except (sqlglot.ParseError, sqlglot.TokenError, RecursionError):
        return []
    finally:
        logger.setLevel(level)
