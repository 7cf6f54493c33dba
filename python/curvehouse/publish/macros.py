"""Table macros of the published file: questions that analysts ask, with their joins written down.

Each is a file of ``table_macros/``: a comment, whose last line is an example, and the SQL that
creates it. A parameter bears the name of no column, since DuckDB would take it for the column and
return every row; it has no default, which DuckDB 1.0 fails on; and tables stand without the name of
the database, which readers choose themselves.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from importlib import resources

import duckdb

from curvehouse.quoting import literal

__all__ = ["TableMacro", "create_macros", "macros_fingerprint", "shipped_macros"]

_EXAMPLE = "Example: "
_HEAD = re.compile(r"create macro (\w+)\((.*?)\) as table\n")
_TABLES = re.compile(r"\b(?:from|join)\s+((?:dim|fct)_\w+)")


@dataclass(frozen=True)
class TableMacro:
    """One table macro.

    Attributes
    ----------
    name : str
        What it is called by.
    parameters : tuple of str
        Names of its parameters.
    comment : str
        What it returns, and an example.
    example : str
        A query that calls it, which gives rows in the demo's warehouse.
    tables : frozenset of str
        The marts that it reads.
    ddl : str
        The statement that creates it.
    """

    name: str
    parameters: tuple[str, ...]
    comment: str
    example: str
    tables: frozenset[str]
    ddl: str


def shipped_macros() -> list[TableMacro]:
    """Return the macros by name."""
    folder = resources.files("curvehouse.publish") / "table_macros"
    texts = [file.read_text(encoding="utf-8") for file in folder.iterdir()]
    return sorted(map(_parsed, texts), key=lambda macro: macro.name)


def macros_fingerprint() -> str:
    """Return a SHA-256 over all macros; another one makes a publication a new one."""
    text = "\n".join(f"{macro.comment}\n{macro.ddl}" for macro in shipped_macros())
    return hashlib.sha256(text.encode()).hexdigest()


def create_macros(connection: duckdb.DuckDBPyConnection, published: Collection[str]) -> None:
    """Create, in the database in use, the macros whose marts are all ``published``."""
    for macro in shipped_macros():
        if macro.tables <= set(published):
            connection.execute(macro.ddl)
            comment = literal(macro.comment)
            connection.execute(f"comment on macro table {macro.name} is {comment}")


def _parsed(text: str) -> TableMacro:
    start = text.index("create macro ")
    lines = [line.removeprefix("-- ") for line in text[:start].splitlines()]
    head = _HEAD.match(text, start)
    if head is None or not lines[-1].startswith(_EXAMPLE):
        raise ValueError(f"no table macro with an example: {text[:80]!r}")
    name, parameters = head.groups()
    return TableMacro(
        name=name,
        parameters=tuple(parameters.split(", ")),
        comment=f"{' '.join(lines[:-1])} {lines[-1]}",
        example=lines[-1].removeprefix(_EXAMPLE),
        tables=frozenset(_TABLES.findall(text, start)),
        ddl=text[start:].strip(),
    )
