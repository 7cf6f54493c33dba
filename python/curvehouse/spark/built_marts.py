"""The marts that a build on Spark made, brought back into a DuckDB file from which to publish."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from curvehouse.build_records import WorkingState, read_state, reading_working_file
from curvehouse.database import limit_memory
from curvehouse.errors import PublishError
from curvehouse.home import DATABASE_NAME, Home
from curvehouse.publish.checks import MEMORY_LIMIT, NO_PROGRESS_BAR
from curvehouse.publish.content import write_comments
from curvehouse.publish.gate import Mart, marts_of, require_publishable
from curvehouse.quoting import literal, quoted
from curvehouse.spark.raw_files import RAW_FOLDER

__all__ = ["BUILDS_FOLDER", "TARGET_FOLDER", "built_marts"]

BUILDS_FOLDER, TARGET_FOLDER = "builds", "target"

_REMEDY = "Run `dbt build --target spark` again."
_SCRATCH = ".from-spark"


@contextmanager
def built_marts(home: Home, folder: Path) -> Iterator[Path]:
    """Yield a DuckDB file with the marts of the last build in ``folder``, and its record.

    Parameters
    ----------
    home : Home
        Where the file lies while it is needed.
    folder : Path
        What ``curvehouse raw export`` wrote to, with dbt's artefacts in its folder ``target``.

    Raises
    ------
    PublishError
        When there is no build, it was not clean and whole, the raw tables were exported anew since,
        or its rows break a constraint of their mart. The message says which.
    """
    manifest = _manifest_in(folder)
    build = folder / BUILDS_FOLDER / manifest["metadata"]["invocation_id"]
    scratch = home.root / _SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    path = scratch / DATABASE_NAME
    try:
        with duckdb.connect(str(path)) as connection:
            connection.execute(NO_PROGRESS_BAR)
            limit_memory(connection, MEMORY_LIMIT)
            _take_record(connection, build, folder)
            state = read_state(connection)
            require_publishable(state, _REMEDY)
            _require_all_exported(home, state)
            for mart in marts_of(manifest):
                _take_mart(connection, build / "main" / mart.name, mart, manifest)
        yield path
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _manifest_in(folder: Path) -> dict[str, Any]:
    path = folder / TARGET_FOLDER / "manifest.json"
    try:
        manifest: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise PublishError(
            f"{path} is missing or no manifest of dbt; build with `dbt build --target spark "
            f"--target-path {folder / TARGET_FOLDER}`."
        ) from error
    return manifest


def _take_record(connection: duckdb.DuckDBPyConnection, build: Path, folder: Path) -> None:
    connection.execute("create schema operations")
    connection.execute("create schema raw")
    records = _files_in(build / "operations" / "builds")
    if not records:
        raise PublishError(
            f"{build} has no record of the build, so it did not finish; what is published stays as "
            f"it was. {_REMEDY}"
        )
    for table, files in (
        ("operations.builds", records),
        ("raw.files", _files_in(folder / RAW_FOLDER / "files")),
    ):
        connection.execute(f"create table {table} as from read_parquet({_listed(files)})")


def _require_all_exported(home: Home, state: WorkingState) -> None:
    """Refuse marts without what the home has loaded since the raw tables were exported."""
    if not home.working_file.exists():
        return
    with reading_working_file(home) as connection:
        loaded_at = read_state(connection).last_loaded_at
    if loaded_at is not None and (state.last_loaded_at is None or loaded_at > state.last_loaded_at):
        raise PublishError(
            f"files were loaded in {home.root} after its raw tables were exported; what is "
            "published stays as it was. Run `curvehouse raw export`, then build on Spark again."
        )


def _take_mart(
    connection: duckdb.DuckDBPyConnection, place: Path, mart: Mart, manifest: Mapping[str, Any]
) -> None:
    node = next(
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["alias"] == mart.name
    )
    files = _files_in(place)
    if not files:
        raise PublishError(
            f"mart {mart.name} is missing from the Spark build ({place}); what is published stays "
            f"as it was. {_REMEDY}"
        )
    connection.execute(_create_statement(node))
    table = f"main.{quoted(mart.name)}"
    try:
        connection.execute(f"insert into {table} by name from read_parquet({_listed(files)})")
    except duckdb.ConstraintException as error:
        said = str(error).strip().splitlines()[0]
        raise PublishError(
            f"mart {mart.name} of the Spark build breaks its contract ({said}); what is published "
            f"stays as it was. {_REMEDY}"
        ) from error
    columns = {column["name"]: column["description"] for column in node["columns"].values()}
    write_comments(connection, table, node["description"], columns)


def _create_statement(node: Mapping[str, Any]) -> str:
    """Return the ``create table`` of a mart, a node of dbt's manifest, with its constraints."""
    lines = [
        f"{quoted(column['name'])} {column['data_type']}{_clauses(column['constraints'])}"
        for column in node["columns"].values()
    ]
    lines += [_clauses([constraint]).strip() for constraint in node["constraints"]]
    return f"create table {quoted(node['alias'])} ({', '.join(lines)})"


def _clauses(constraints: list[dict[str, Any]]) -> str:
    found = ""
    for constraint in constraints:
        if constraint["type"] == "not_null":
            found += " not null"
        elif constraint["type"] == "check":
            found += f" check ({constraint['expression']})"
    return found


def _files_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))


def _listed(files: list[Path]) -> str:
    return "[" + ", ".join(literal(file) for file in files) + "]"
