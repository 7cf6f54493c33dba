"""The content of marts: read from the working file, compared, and written to a new file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import duckdb

from curvehouse.errors import PublishError
from curvehouse.publish.gate import Mart
from curvehouse.publish.macros import macros_fingerprint
from curvehouse.quoting import listed, literal, quoted

__all__ = [
    "SOURCE",
    "TARGET",
    "MartContent",
    "content_fingerprint",
    "read_content",
    "write_comments",
    "write_mart",
]

SOURCE = "curvehouse"
TARGET = "publication"


@dataclass(frozen=True)
class MartContent:
    """What one mart holds.

    Attributes
    ----------
    name : str
        The table.
    key : tuple of str
        The columns that order its rows.
    topic : str
        The folder of its model.
    ddl : str
        Its ``create table`` with NOT NULL and CHECK constraints.
    comment : str
        The table's comment, or an empty text.
    column_comments : dict
        Comment by column, for all columns in their order.
    row_count : int
        Rows.
    row_hash : str
        A hash over all rows that does not depend on their order.
    """

    name: str
    key: tuple[str, ...]
    topic: str
    ddl: str
    comment: str
    column_comments: dict[str, str]
    row_count: int
    row_hash: str


def read_content(connection: duckdb.DuckDBPyConnection, mart: Mart) -> MartContent:
    """Return the content of a mart in the attached working file.

    Raises
    ------
    PublishError
        When the mart is no table there, or lacks a column of its key.
    """
    place = [SOURCE, mart.name]
    tables = connection.execute(
        "select sql, coalesce(comment, '') from duckdb_tables() "
        "where database_name = ? and schema_name = 'main' and table_name = ?",
        place,
    ).fetchall()
    if not tables:
        raise PublishError(
            f"mart {mart.name} is no table in the working file; a mart is materialised as a table."
        )
    ((ddl, comment),) = tables
    columns: dict[str, str] = dict(
        connection.execute(
            "select column_name, coalesce(comment, '') from duckdb_columns() "
            "where database_name = ? and schema_name = 'main' and table_name = ? "
            "order by column_index",
            place,
        ).fetchall()
    )
    missing = [name for name in mart.key if name not in columns]
    if missing:
        raise PublishError(f"mart {mart.name} has no column {missing[0]}, which its key names.")
    ((row_count, row_hash),) = connection.execute(
        f"select count(*), coalesce(sum(hash({listed(columns)})), 0)::varchar "
        f"from {SOURCE}.main.{quoted(mart.name)}"
    ).fetchall()
    return MartContent(mart.name, mart.key, mart.topic, ddl, comment, columns, row_count, row_hash)


def content_fingerprint(contents: Sequence[MartContent]) -> str:
    """Return a SHA-256 over the content of all marts, and over the macros that ask of them."""
    parts = [*(asdict(content) for content in contents), macros_fingerprint()]
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def write_mart(connection: duckdb.DuckDBPyConnection, content: MartContent) -> None:
    """Create a mart in the attached publication, with its rows in the order of its key."""
    table = quoted(content.name)
    connection.execute(f"use {TARGET}.main")
    connection.execute(content.ddl)
    connection.execute(
        f"insert into {TARGET}.main.{table} by name "
        f"select * from {SOURCE}.main.{table} order by {listed(content.key)}"
    )
    write_comments(connection, f"{TARGET}.main.{table}", content.comment, content.column_comments)


def write_comments(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    comment: str,
    column_comments: Mapping[str, str],
) -> None:
    """Comment on a table, named as in a statement, and on its columns; empty texts are none."""
    if comment:
        connection.execute(f"comment on table {table} is {literal(comment)}")
    for column, text in column_comments.items():
        if text:
            connection.execute(f"comment on column {table}.{quoted(column)} is {literal(text)}")
