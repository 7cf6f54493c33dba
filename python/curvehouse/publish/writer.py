"""The process that publishes: ``python -m curvehouse.publish.writer HOME PROJECT [OPTIONS]``.

A process of its own, because DuckDB shares one instance of a file among all connections of a
process. Whoever starts it holds the writer lock and hands it down. OPTIONS are the keywords of
`write_publication` as JSON. It prints one JSON object.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import duckdb

from curvehouse.build_records import BuildRecord, read_state
from curvehouse.database import limit_memory
from curvehouse.errors import CurvehouseError, PublishError
from curvehouse.home import DATABASE_NAME, Home
from curvehouse.publish import folders
from curvehouse.publish.checks import (
    MEMORY_LIMIT,
    NO_PROGRESS_BAR,
    require_built,
    require_published_closed,
    row_counts_in,
)
from curvehouse.publish.content import (
    SOURCE,
    TARGET,
    MartContent,
    content_fingerprint,
    read_content,
    write_mart,
)
from curvehouse.publish.gate import find_manifest, marts_of, require_publishable, targets_of
from curvehouse.publish.links import flip
from curvehouse.publish.macros import create_macros, macros_fingerprint
from curvehouse.publish.meta_tables import META_TABLES, Versions, versions_in, write_meta_tables
from curvehouse.publish.parquet_files import write_parquet_files
from curvehouse.publish.publication import PARQUET_FOLDER, Publication, write_record
from curvehouse.publish.request import Request
from curvehouse.publish.rollback import take_current
from curvehouse.quoting import literal
from curvehouse.spark.built_marts import TARGET_FOLDER, built_marts
from curvehouse.storage import storage_fault

__all__ = ["main", "write_publication"]

# The oldest format that DuckDB can write; every DuckDB since 1.0 reads it.
STORAGE_VERSION = "v1.0.0"


@dataclass(frozen=True)
class _Made:
    """What a build made."""

    build: BuildRecord
    versions: Versions
    contents: list[MartContent]
    fingerprint: str


@dataclass(frozen=True)
class _Built:
    """Where the marts of the last build lie, and dbt's artefacts of it."""

    working_file: Path
    targets: tuple[Path, ...]


def write_publication(
    home: Home,
    project: Path,
    *,
    parquet: bool | None = None,
    keeps_rollback: bool = False,
    spark_folder: str | None = None,
) -> tuple[Publication, bool]:
    """Publish the marts of the last build, unless they are published already.

    Parameters
    ----------
    home : Home
        The warehouse.
    project : Path
        The dbt project.
    parquet : bool, optional
        Whether the tables are to lie beside the file as Parquet; by default as before.
    keeps_rollback : bool
        Leave an older publication in force where it was gone back to from this very content.
    spark_folder : str, optional
        Where a build on Spark left its marts, if they are wanted in place of the home's.

    Returns
    -------
    tuple of Publication and bool
        The publication that has the content, and whether it is new. It is in force, unless it was
        withdrawn and the rollback was to be kept.
    """
    require_published_closed(home)
    home.publications.mkdir(parents=True, exist_ok=True)
    request = Request(home, take_current(home), parquet, keeps_rollback)
    candidates = request.candidates()
    with (
        _built(home, project, spark_folder) as built,
        _attached(built.working_file) as connection,
    ):
        build = require_publishable(read_state(connection))
        same_build = (one for one in candidates if _is_of(build, one))
        settled = request.settle(next(same_build, None))
        if settled is not None:
            return settled, False
        made = _read_made(connection, built.targets, build)
        same_content = (one for one in candidates if one.fingerprint == made.fingerprint)
        settled = request.settle(next(same_content, None))
        if settled is not None:
            return _confirmed(home, settled, build), False
        publication = _publication(home, made, request.has_parquet)
        _publish(connection, home, publication, made)
    folders.prune(home)
    return publication, True


def main(arguments: list[str]) -> int:
    """Publish, and print the outcome as JSON."""
    home, project = Home(Path(arguments[0])), Path(arguments[1])
    options = json.loads(arguments[2]) if len(arguments) > 2 else {}
    try:
        publication, is_new = write_publication(home, project, **options)
    except CurvehouseError as error:
        print(json.dumps({"error": str(error)}))
        return 1
    except (OSError, duckdb.Error) as error:
        reason = f"the marts could not be published: {str(error).strip().splitlines()[0]}"
        print(json.dumps({"error": storage_fault(error, home) or reason}))
        return 1
    print(json.dumps({"publication": asdict(publication), "is_new": is_new}))
    return 0


@contextmanager
def _built(home: Home, project: Path, spark_folder: str | None) -> Iterator[_Built]:
    if spark_folder is None:
        require_built(home)
        yield _Built(home.working_file, targets_of(home, project))
    else:
        folder = Path(spark_folder)
        with built_marts(home, folder) as path:
            yield _Built(path, (folder / TARGET_FOLDER,))


@contextmanager
def _attached(working_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as connection:
        connection.execute(NO_PROGRESS_BAR)
        limit_memory(connection, MEMORY_LIMIT)
        connection.execute(f"attach {literal(working_file)} as {SOURCE} (read_only)")
        connection.execute(f"use {SOURCE}")
        yield connection


def _is_of(build: BuildRecord, publication: Publication) -> bool:
    return (publication.invocation_id, publication.macros_fingerprint) == (
        build.invocation_id,
        macros_fingerprint(),
    )


def _read_made(
    connection: duckdb.DuckDBPyConnection, targets: tuple[Path, ...], build: BuildRecord
) -> _Made:
    manifest = find_manifest(targets, build.invocation_id)
    contents = [read_content(connection, mart) for mart in marts_of(manifest)]
    return _Made(build, versions_in(manifest or {}), contents, content_fingerprint(contents))


def _publication(home: Home, made: _Made, has_parquet: bool) -> Publication:
    return Publication(
        publication_id=folders.new_publication_id(home),
        fingerprint=made.fingerprint,
        invocation_id=made.build.invocation_id,
        built_at=made.build.finished_at.isoformat(),
        row_counts={content.name: content.row_count for content in made.contents},
        macros_fingerprint=macros_fingerprint(),
        has_parquet=has_parquet,
    )


def _confirmed(home: Home, standing: Publication, build: BuildRecord) -> Publication:
    confirmed = replace(
        standing, invocation_id=build.invocation_id, built_at=build.finished_at.isoformat()
    )
    write_record(folders.folder_of(home, standing), confirmed)
    return confirmed


def _publish(
    connection: duckdb.DuckDBPyConnection, home: Home, publication: Publication, made: _Made
) -> None:
    incoming = home.publications / f"{folders.INCOMING}{publication.publication_id}"
    incoming.mkdir()
    try:
        _write_files(connection, incoming, publication, made)
        _check_file(incoming / DATABASE_NAME, publication)
        folder = folders.seal(home, incoming, publication)
    except BaseException:
        shutil.rmtree(incoming, ignore_errors=True)
        raise
    flip(home, folder)


def _write_files(
    connection: duckdb.DuckDBPyConnection, folder: Path, publication: Publication, made: _Made
) -> None:
    spill, path = folder / "spill", folder / DATABASE_NAME
    connection.execute("set temp_directory = ?", [str(spill)])
    connection.execute(f"attach {literal(path)} as {TARGET} (storage_version '{STORAGE_VERSION}')")
    for content in made.contents:
        write_mart(connection, content)
    create_macros(connection, [content.name for content in made.contents])
    write_meta_tables(connection, publication, made.build, made.versions, made.contents)
    connection.execute(f"checkpoint {TARGET}")
    if publication.has_parquet:
        tables = [*publication.row_counts, *META_TABLES]
        write_parquet_files(connection, folder / PARQUET_FOLDER, tables, publication.publication_id)
    connection.execute(f"use {SOURCE}")
    connection.execute(f"detach {TARGET}")
    shutil.rmtree(spill, ignore_errors=True)


def _check_file(path: Path, publication: Publication) -> None:
    found = row_counts_in(path)
    marts = {name: count for name, count in found.items() if name not in META_TABLES}
    if marts != publication.row_counts or found.keys() - marts.keys() != set(META_TABLES):
        raise PublishError(f"{path} does not hold what was written to it; try again.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
