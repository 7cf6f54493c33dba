"""The published file, opened so that nothing else is within reach."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from curvehouse.errors import QueryError, UsageError
from curvehouse.home import Home
from curvehouse.storage import is_damage

__all__ = ["open_published"]

_SANDBOX: dict[str, Any] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}
_OUTSIDE = re.compile(r'Cannot access (file|directory) "(.*?)" - file system', re.DOTALL)
_EXTENSION = re.compile(r'with name "?(\w+)"? is not in the catalog, but it exists in the (\w+)')


@contextmanager
def open_published(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file of ``home`` read-only, with no access to any other file.

    Raises
    ------
    UsageError
        When a statement reaches for a file or an extension while the file is open.
    QueryError
        When nothing is published, or a statement fails.
    """
    if not home.published_file.exists():
        raise QueryError(f"nothing is published in {home.root} yet. Run `curvehouse build` first.")
    path = home.published_file.resolve()
    with tempfile.TemporaryDirectory(prefix="curvehouse-") as spill:
        config: dict[str, Any] = {**_SANDBOX, "temp_directory": spill}
        with (
            _tidy_errors(path),
            duckdb.connect(str(path), read_only=True, config=config) as connection,
        ):
            yield connection


@contextmanager
def _tidy_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except duckdb.PermissionException as error:
        raise UsageError(_out_of_reach(error)) from error
    except duckdb.CatalogException as error:
        missing = _EXTENSION.search(str(error))
        if missing is None:
            raise QueryError(_sentence(error)) from error
        name, extension = missing.groups()
        raise UsageError(
            f"{name} belongs to DuckDB's extension {extension}, and `query` loads none; "
            "open the published file in a DuckDB of your own for that."
        ) from error
    except duckdb.Error as error:
        if isinstance(error, duckdb.IOException) and is_damage(str(error)):
            raise QueryError(
                f"{path} is damaged or no DuckDB file; remove its folder and run "
                "`curvehouse publish`."
            ) from error
        raise QueryError(_sentence(error)) from error


def _out_of_reach(error: duckdb.Error) -> str:
    found = _OUTSIDE.search(str(error))
    if found is None:
        return f"{_sentence(error)}; `query` reads the published file and nothing else."
    kind, place = found.groups()
    return (
        f"the {kind} {' '.join(place.split())} is out of reach: `query` reads the published file "
        "and nothing else. `curvehouse ingest --help` says how files are loaded."
    )


def _sentence(error: duckdb.Error) -> str:
    """Return DuckDB's message and its hint as one line, without the excerpt of the query."""
    message = str(error).split("\n\nLINE ")[0]
    return " ".join(message.split())
