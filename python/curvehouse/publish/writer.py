"""The process that publishes: ``python -m curvehouse.publish.writer HOME PROJECT``.

A process of its own, because DuckDB shares one instance of a file among all connections of a
process. Whoever starts it holds the writer lock and hands it down. It prints one JSON object.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import duckdb

from curvehouse.build_records import BuildRecord, read_state
from curvehouse.errors import CurvehouseError, PublishError
from curvehouse.home import DATABASE_NAME, Home
from curvehouse.publish import folders
from curvehouse.publish.content import (
    SOURCE,
    TARGET,
    MartContent,
    content_fingerprint,
    read_content,
    write_mart,
)
from curvehouse.publish.folders import Publication
from curvehouse.publish.gate import find_manifest, marts_of, require_publishable
from curvehouse.publish.macros import create_macros, macros_fingerprint
from curvehouse.storage import storage_fault

__all__ = ["main", "write_publication"]

# The oldest format that DuckDB can write; every DuckDB since 1.0 reads it.
STORAGE_VERSION = "v1.0.0"

# DuckDB takes a module that is run with `-m` for a person at a prompt, and draws a progress bar
# among the outcome once a statement takes two seconds.
_NO_PROGRESS_BAR = "set enable_progress_bar = false"


def write_publication(home: Home, project: Path) -> tuple[Publication, bool]:
    """Publish the marts of the last build, unless they are published already.

    Returns
    -------
    tuple of Publication and bool
        What is published now, and whether it is new.
    """
    _require_closed(home)
    home.publications.mkdir(parents=True, exist_ok=True)
    folders.forget_unfinished(home)
    current = folders.current_publication(home)
    with _attached_working_file(home) as connection:
        build = require_publishable(read_state(connection))
        if current is not None and _is_of(build, current):
            return current, False
        marts = marts_of(find_manifest(home, project, build.invocation_id))
        contents = [read_content(connection, mart) for mart in marts]
        wanted = _publication(home, build, contents)
        if current is not None and current.fingerprint == wanted.fingerprint:
            return _confirmed(home, current, wanted), False
        _publish(connection, home, wanted, contents)
    folders.prune(home)
    return wanted, True


def main(arguments: list[str]) -> int:
    """Publish, and print the outcome as JSON."""
    home, project = Home(Path(arguments[0])), Path(arguments[1])
    try:
        publication, is_new = write_publication(home, project)
    except CurvehouseError as error:
        print(json.dumps({"error": str(error)}))
        return 1
    except (OSError, duckdb.Error) as error:
        reason = f"the marts could not be published: {str(error).strip().splitlines()[0]}"
        print(json.dumps({"error": storage_fault(error, home) or reason}))
        return 1
    print(json.dumps({"publication": asdict(publication), "is_new": is_new}))
    return 0


def _require_closed(home: Home) -> None:
    if not home.working_file.exists():
        raise PublishError("nothing has been built yet. Run `curvehouse build`.")
    log = home.open_log
    if log is not None:
        raise PublishError(
            f"{log} is there, so the last writer did not end well or is still at work. "
            "Close what has the working file open, then run `curvehouse build`."
        )


@contextmanager
def _attached_working_file(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as connection:
        connection.execute(_NO_PROGRESS_BAR)
        limit = os.environ.get("CURVEHOUSE_MEMORY_LIMIT")
        if limit:
            connection.execute("set memory_limit = ?", [limit])
        connection.execute(f"attach {_text(home.working_file)} as {SOURCE} (read_only)")
        connection.execute(f"use {SOURCE}")
        yield connection


def _is_of(build: BuildRecord, publication: Publication) -> bool:
    return (publication.invocation_id, publication.macros_fingerprint) == (
        build.invocation_id,
        macros_fingerprint(),
    )


def _publication(home: Home, build: BuildRecord, contents: list[MartContent]) -> Publication:
    return Publication(
        publication_id=folders.new_publication_id(home),
        fingerprint=content_fingerprint(contents),
        invocation_id=build.invocation_id,
        built_at=build.finished_at.isoformat(),
        row_counts={content.name: content.row_count for content in contents},
        macros_fingerprint=macros_fingerprint(),
    )


def _confirmed(home: Home, current: Publication, wanted: Publication) -> Publication:
    confirmed = replace(current, invocation_id=wanted.invocation_id, built_at=wanted.built_at)
    folders.write_record(home.published_file.resolve().parent, confirmed)
    return confirmed


def _publish(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    wanted: Publication,
    contents: list[MartContent],
) -> None:
    incoming = home.publications / f"{folders.INCOMING}{wanted.publication_id}"
    incoming.mkdir()
    try:
        _write_file(connection, incoming / DATABASE_NAME, contents)
        _check_file(incoming / DATABASE_NAME, wanted)
        folder = folders.seal(home, incoming, wanted)
    except BaseException:
        shutil.rmtree(incoming, ignore_errors=True)
        raise
    folders.flip_link(home, folder)


def _write_file(
    connection: duckdb.DuckDBPyConnection, path: Path, contents: list[MartContent]
) -> None:
    connection.execute("set temp_directory = ?", [str(path.with_name("spill"))])
    connection.execute(f"attach {_text(path)} as {TARGET} (storage_version '{STORAGE_VERSION}')")
    for content in contents:
        write_mart(connection, content)
    create_macros(connection, [content.name for content in contents])
    connection.execute(f"checkpoint {TARGET}")
    connection.execute(f"use {SOURCE}")
    connection.execute(f"detach {TARGET}")
    shutil.rmtree(path.with_name("spill"), ignore_errors=True)


def _check_file(path: Path, wanted: Publication) -> None:
    """Open the file as a reader will, and count."""
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute(_NO_PROGRESS_BAR)
        found = dict(
            connection.execute(
                "select table_name, 0 from duckdb_tables() where not internal"
            ).fetchall()
        )
        for name in found:
            quoted = name.replace('"', '""')
            query = f'select count(*) from "{quoted}"'
            ((found[name],),) = connection.execute(query).fetchall()
    if found != wanted.row_counts:
        raise PublishError(f"{path} does not hold what was written to it; try again.")


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
