"""One artefact: read from the published file, held against its schema, and made text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema

from curvehouse.errors import ExportError
from curvehouse.export.kind import Kind, load_schema

if TYPE_CHECKING:
    import duckdb

__all__ = ["checked_text", "read_artefact"]


def read_artefact(connection: duckdb.DuckDBPyConnection, kind: Kind, subject: str) -> bytes:
    """Return the content of an artefact's file.

    Raises
    ------
    UsageError
        When there is no such run or portfolio, or it has nothing of that kind.
    ExportError
        When the artefact is not what its schema says.
    """
    return checked_text(kind.read(connection, subject), kind.name)


def checked_text(content: dict[str, Any], name: str) -> bytes:
    """Return the bytes of a JSON file that is valid against the schema of that name.

    Raises
    ------
    ExportError
        When it is not.
    """
    try:
        jsonschema.validate(content, load_schema(name), cls=jsonschema.Draft202012Validator)
    except jsonschema.ValidationError as error:
        raise ExportError(
            f"the {name} is not what its schema says ({error.json_path}: {error.message}); "
            "nothing was written. Load the run again with the version that builds the tables."
        ) from error
    return (json.dumps(content, indent=2, allow_nan=False) + "\n").encode()
