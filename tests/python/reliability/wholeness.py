"""What must hold of a home whatever happened to it, and how two homes compare."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from polars.testing import assert_frame_equal

from curvehouse.database import WORKING_CONFIG
from curvehouse.home import DATABASE_NAME, Home
from curvehouse.publish.links import current_publication
from curvehouse.publish.meta_tables import META_TABLES

__all__ = [
    "Keys",
    "Ledger",
    "Marts",
    "check_raw",
    "keys_of",
    "ledger_of",
    "published_marts",
    "tables_of",
]

_LOADING = ("load_id", "previous_load_id", "loaded_at", "restated_at")
_COUNTED = {"equity": "equity", "trades": "trades", "bars": "bars", "jobs": "jobs"}

# Sets of (kind, strategy, param_hash, data set, SHA-256) that are in force, by run.
Ledger = dict[str | None, set[tuple[Any, ...]]]
# The columns that order a mart's rows, by mart.
Keys = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Marts:
    """The tables of one published file, without what differs between equal loads."""

    tables: dict[str, pl.DataFrame]

    def is_equal(self, other: Marts) -> bool:
        """Return whether all tables are equal, as the project defines it."""
        try:
            self.check_equal(other)
        except AssertionError:
            return False
        return True

    def check_equal(self, other: Marts) -> None:
        """Fail with the first table that differs."""
        assert self.tables.keys() == other.tables.keys()
        for name, rows in self.tables.items():
            try:
                assert_frame_equal(rows, other.tables[name], rel_tol=1e-9, abs_tol=1e-12)
            except AssertionError as error:
                error.add_note(f"in table {name}")
                raise


def published_marts(home: Home, keys: Keys) -> Marts:
    """Return what readers see, which is one whole publication."""
    assert home.published_file.is_symlink()
    publication = current_publication(home)
    assert publication is not None, "the link leads to nothing whole"
    folder = home.published_file.resolve().parent
    assert folder == home.publications / publication.publication_id
    assert {path.name for path in folder.iterdir()} - {".publication.json"} == {
        DATABASE_NAME,
        "publication.json",
    }
    marts = _marts_in(home.published_file, keys)
    counts = {name: rows.height for name, rows in marts.tables.items()}
    assert counts == publication.row_counts
    return marts


def keys_of(home: Home) -> dict[str, tuple[str, ...]]:
    """Return the key of each mart, from the manifest of the home's last build."""
    manifest = json.loads((home.target / "manifest.json").read_text())
    return {
        node["alias"]: tuple(node["config"]["meta"]["primary_key"])
        for node in manifest["nodes"].values()
        if "primary_key" in node["config"].get("meta", {})
    }


def tables_of(home: Home) -> list[tuple[str, str]]:
    """Return schema and name of all that lies in the working file."""
    with _opened_copy(home) as connection:
        return connection.execute(
            "select table_schema, table_name from information_schema.tables order by all"
        ).fetchall()


def ledger_of(home: Home) -> Ledger:
    """Return which files are in force, by run."""
    found: Ledger = {}
    with _opened_copy(home) as connection:
        rows = connection.execute(
            """
            select run_id, kind, strategy, param_hash, dataset, file_sha256
            from raw.files
            where status in ('loaded', 'retracted', 'quarantined')
            qualify row_number() over (
                partition by run_id, kind, strategy, param_hash, dataset, status = 'quarantined'
                order by load_id desc
            ) = 1
            """
        ).fetchall()
    for run_id, *file in rows:
        found.setdefault(run_id, set()).add(tuple(file))
    return found


def check_raw(home: Home, contents: Mapping[str, list[float]]) -> None:
    """Fail where ledger, raw tables and files disagree.

    Parameters
    ----------
    home : Home
        Nobody writes to it now.
    contents : mapping of str to list of float
        The equity in each file that may be in force, by the file's SHA-256.
    """
    with _opened_copy(home) as connection:
        _check_rows_belong_to_loads(connection)
        _check_row_counts(connection)
        loads = connection.execute(
            """
            select run_id, kind, strategy, param_hash, dataset, file_sha256, reason
            from raw.files
            """
        ).fetchall()
        assert max(Counter(loads).values(), default=1) == 1, "a file was loaded twice"
        equity = connection.execute(
            """
            select files.file_sha256, list(equity.equity order by equity.ts)
            from raw.equity
            inner join raw.files using (load_id)
            group by load_id, files.file_sha256
            """
        ).fetchall()
    for sha256, values in equity:
        assert values == contents[sha256]


def _marts_in(file: Path, keys: Keys) -> Marts:
    """Return all tables of a published file, in the order of their keys and then of the rest."""
    with duckdb.connect(str(file), read_only=True) as connection:
        names = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        assert {schema for schema, _ in names} == {"main"}
        marts = {name for _, name in names} - set(META_TABLES)
        assert len(marts) == len(names) - len(META_TABLES)
        frames = {name: connection.sql(f'from "{name}"').pl() for name in marts}
    return Marts({name: _ordered(frame, keys.get(name, ())) for name, frame in frames.items()})


def _check_rows_belong_to_loads(connection: duckdb.DuckDBPyConnection) -> None:
    tables = connection.execute(
        "select table_name from duckdb_columns() where schema_name = 'raw' "
        "and column_name = 'load_id' and table_name <> 'files'"
    ).fetchall()
    assert len(tables) > 5
    for (table,) in tables:
        strays = connection.execute(
            f"""
            select count(*)
            from raw.{table}
            where load_id not in (select load_id from raw.files where status = 'loaded')
            """
        ).fetchall()
        assert strays == [(0,)], f"raw.{table} has rows of no load"


def _check_row_counts(connection: duckdb.DuckDBPyConnection) -> None:
    for kind, table in _COUNTED.items():
        wrong = connection.execute(
            f"""
            select files.load_id, files.row_count, count({table}.load_id)
            from raw.files
            left join raw.{table} using (load_id)
            where files.kind = ? and files.status = 'loaded'
            group by files.load_id, files.row_count
            having files.row_count <> count({table}.load_id)
            """,
            [kind],
        ).fetchall()
        assert wrong == [], f"raw.{table} and the ledger count differently"


@contextmanager
def _opened_copy(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a copy of the working file and its log, so that looking changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(home.working_file.parent, Path(folder) / "build")
        file = str(copy / DATABASE_NAME)
        with duckdb.connect(file, config=WORKING_CONFIG) as connection:
            yield connection


def _ordered(frame: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    frame = frame.drop(column for column in _LOADING if column in frame.columns)
    first = [column for column in key if column in frame.columns]
    return frame.sort([*first, *(column for column in frame.columns if column not in first)])
