"""Named queries on the published file, and what they answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from curvehouse.quoting import literal

if TYPE_CHECKING:
    import duckdb

__all__ = ["Answer", "Parameter", "ask"]

Parameter = str | int
_PLACE = re.compile(r"\$(\w+)")


@dataclass(frozen=True)
class Answer:
    """The rows of a query, and the query with its parameters written out, for people to repeat."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    sql: str

    def __bool__(self) -> bool:
        return bool(self.rows)

    def as_dicts(self) -> list[dict[str, Any]]:
        """Return one dictionary per row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def column(self, name: str) -> list[Any]:
        """Return the values of one column."""
        position = self.columns.index(name)
        return [row[position] for row in self.rows]

    def only(self, rows: Sequence[tuple[Any, ...]]) -> Answer:
        """Return the answer cut down to some of its rows."""
        return Answer(self.columns, tuple(rows), self.sql)


def ask(connection: duckdb.DuckDBPyConnection, name: str, **parameters: Parameter) -> Answer:
    """Ask the query in ``sql/<name>.sql``.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The published file.
    name : str
        The file's name without its ending.
    **parameters : str or int
        The value of each ``$parameter`` in it.
    """
    text = _text(name)
    result = connection.execute(text, parameters)
    columns = tuple(column[0] for column in result.description or ())
    return Answer(columns, tuple(result.fetchall()), _written_out(text, parameters))


@cache
def _text(name: str) -> str:
    file = resources.files("curvehouse.report") / "sql" / f"{name}.sql"
    return file.read_text(encoding="utf-8").strip()


def _written_out(text: str, parameters: dict[str, Parameter]) -> str:
    return _PLACE.sub(lambda place: _literal(parameters[place.group(1)]), text)


def _literal(value: Parameter) -> str:
    return str(value) if isinstance(value, int) else literal(value)
