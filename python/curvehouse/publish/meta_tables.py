"""What a published file says of itself: ``meta_publication`` and ``meta_tables``.

They tell of the publication and not of the backtests, so they are no part of the content by which
publications are compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import duckdb

from curvehouse import __version__
from curvehouse.build_records import BuildRecord
from curvehouse.publish.content import TARGET, MartContent
from curvehouse.publish.publication import Publication
from curvehouse.quoting import literal

__all__ = ["META_TABLES", "Versions", "grain_of", "versions_in", "write_meta_tables"]

META_TABLES = ("meta_publication", "meta_tables")

_CATALOGUE = "seed.curvehouse.metric_definitions"
_FIRST_SENTENCE = re.compile(r".*?[.](?=\s|$)", re.DOTALL)

_TOPIC = "meta"
_COMMENTS = {
    "meta_publication": "One row: which publication this is, of which build, by which versions.",
    "meta_tables": "One row per table of this file: its grain, its key and its rows.",
}
_KEYS = {"meta_publication": ("publication_id",), "meta_tables": ("table_name",)}

# Column, type and comment, by table.
_COLUMNS = {
    "meta_publication": (
        ("publication_id", "varchar not null", "The folder of the publication; ids sort by time."),
        ("published_at", "timestamp not null", "When the file was made, in UTC."),
        (
            "dbt_invocation_id",
            "varchar not null",
            (
                "The dbt build whose tables these are. A later build that made the same makes no "
                "new file."
            ),
        ),
        ("built_at", "timestamp not null", "When that build finished, in UTC."),
        (
            "project_revision",
            "varchar",
            (
                "The git commit of the dbt project that was built, with -dirty where tracked files "
                "differed from it. NULL where the project was in no repository, or dbt was called "
                "directly."
            ),
        ),
        ("curvehouse_version", "varchar not null", "The version of Curvehouse that published."),
        ("dbt_version", "varchar", "The version of dbt that built. NULL where it did not say."),
        ("duckdb_version", "varchar not null", "The version of DuckDB that wrote the file."),
        (
            "metric_definitions_version",
            "varchar",
            (
                "SHA-256 of the catalogue of metrics (seeds/metric_definitions.csv, which "
                "dim_metrics shows): where it is the same, every statistic is defined as it was. "
                "NULL where the project has none."
            ),
        ),
        (
            "content_fingerprint",
            "varchar not null",
            "SHA-256 of the content of all tables but meta_: equal for equal content.",
        ),
        ("table_count", "integer not null", "Tables of this file, the meta_ ones included."),
        ("row_count", "bigint not null", "Rows of all those tables."),
    ),
    "meta_tables": (
        ("table_name", "varchar not null", "The table."),
        ("topic", "varchar not null", "What it is about: the folder of its model, or meta."),
        ("grain", "varchar", "What a row is: the first sentence of its description."),
        ("key_columns", "varchar not null", "The columns whose values tell its rows apart."),
        ("column_count", "integer not null", "Columns."),
        ("row_count", "bigint not null", "Rows."),
        ("description", "varchar", "The whole description. NULL where it has none."),
    ),
}


@dataclass(frozen=True)
class Versions:
    """Versions of what made a build, as its manifest has them."""

    dbt: str | None
    metric_definitions: str | None


@dataclass(frozen=True)
class _Entry:
    """A row of ``meta_tables``."""

    table_name: str
    topic: str
    grain: str | None
    key_columns: str
    column_count: int
    row_count: int
    description: str | None


def versions_in(manifest: dict[str, Any]) -> Versions:
    """Return the versions that a manifest names."""
    catalogue = manifest["nodes"].get(_CATALOGUE, {})
    return Versions(
        dbt=manifest["metadata"].get("dbt_version"),
        metric_definitions=catalogue.get("checksum", {}).get("checksum"),
    )


def grain_of(description: str) -> str | None:
    """Return the first sentence of a description, or None where there is none."""
    found = _FIRST_SENTENCE.match(description.strip())
    return " ".join((found.group() if found else description).split()) or None


def write_meta_tables(
    connection: duckdb.DuckDBPyConnection,
    publication: Publication,
    build: BuildRecord,
    versions: Versions,
    contents: Sequence[MartContent],
) -> None:
    """Create the tables in the attached publication."""
    entries = [*_meta_entries(len(contents)), *(_entry(content) for content in contents)]
    about = [
        publication.publication_id,
        publication.published_at,
        build.invocation_id,
        publication.finished_at,
        build.revision,
        __version__,
        versions.dbt,
        duckdb.__version__,
        versions.metric_definitions,
        publication.fingerprint,
        len(entries),
        sum(entry.row_count for entry in entries),
    ]
    _create(connection, "meta_publication", [about])
    names = [field.name for field in fields(_Entry)]
    entries.sort(key=lambda entry: entry.table_name)
    _create(
        connection,
        "meta_tables",
        [[getattr(entry, name) for name in names] for entry in entries],
    )


def _meta_entries(mart_count: int) -> list[_Entry]:
    row_counts = {"meta_publication": 1, "meta_tables": mart_count + len(META_TABLES)}
    return [
        _Entry(
            table_name=name,
            topic=_TOPIC,
            grain=grain_of(_COMMENTS[name]),
            key_columns=", ".join(_KEYS[name]),
            column_count=len(_COLUMNS[name]),
            row_count=row_counts[name],
            description=_COMMENTS[name],
        )
        for name in META_TABLES
    ]


def _entry(content: MartContent) -> _Entry:
    return _Entry(
        table_name=content.name,
        topic=content.topic,
        grain=grain_of(content.comment),
        key_columns=", ".join(content.key),
        column_count=len(content.column_comments),
        row_count=content.row_count,
        description=content.comment.strip() or None,
    )


def _create(
    connection: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Sequence[object]]
) -> None:
    columns = _COLUMNS[name]
    table = f"{TARGET}.main.{name}"
    declared = ", ".join(f"{column} {kind}" for column, kind, _ in columns)
    connection.execute(f"create table {table} ({declared})")
    connection.executemany(
        f"insert into {table} values ({', '.join('?' * len(columns))})", list(rows)
    )
    connection.execute(f"comment on table {table} is {literal(_COMMENTS[name])}")
    for column, _, comment in columns:
        connection.execute(f"comment on column {table}.{column} is {literal(comment)}")
