"""The tables of a publication as Parquet, which any version of any tool can read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from curvehouse.errors import PublishError
from curvehouse.publish.content import TARGET
from curvehouse.quoting import literal, quoted

__all__ = ["write_parquet_files"]


def write_parquet_files(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    tables: Sequence[str],
    publication_id: str,
) -> None:
    """Write each table of the attached publication to a file of its name.

    The rows keep their order, that of the key. Each file says in its metadata of which publication
    it is, so that whoever reads several can tell that they belong together.

    Raises
    ------
    PublishError
        When a table has a name that no file can have.
    """
    folder.mkdir()
    for table in tables:
        if "/" in table or table.startswith("."):
            raise PublishError(
                f"table {table} can't be published as Parquet: no file can have its name. "
                "Rename the model, or publish with --no-parquet."
            )
        connection.execute(
            f"copy {TARGET}.main.{quoted(table)} to {literal(folder / f'{table}.parquet')} "
            "(format parquet, compression zstd, "
            f"kv_metadata {{publication_id: {literal(publication_id)}}})"
        )
