"""JSON artefacts out of the published file, each valid against the schema that comes with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema

from curvehouse.errors import ExportError
from curvehouse.export.kind import Kind, find_kind, known_kinds, schema_of
from curvehouse.export.writing import write_whole
from curvehouse.home import Home
from curvehouse.query import open_published

__all__ = ["Kind", "export_artefact", "find_kind", "known_kinds", "schema_of"]


def export_artefact(home: Home, kind_name: str, subject: str, folder: Path) -> Path:
    """Write one artefact of the published file and return its path.

    Parameters
    ----------
    home : Home
        The warehouse.
    kind_name : str
        One of `known_kinds`.
    subject : str
        What it is about: a run_id, or a portfolio_id of a kind about portfolios.
    folder : Path
        Where it goes; made where it is not there. A file of the same name is replaced.

    Raises
    ------
    UsageError
        When there is no such kind or run, or its name can't be a file's.
    QueryError
        When nothing is published.
    ExportError
        When the artefact is not what its schema says, or can't be written.
    """
    kind = find_kind(kind_name)
    file_name = kind.file_name(kind.check_subject(subject))
    with open_published(home) as connection:
        content = kind.read(connection, subject)
    _check(kind, content)
    text = json.dumps(content, indent=2, allow_nan=False) + "\n"
    return write_whole(folder, file_name, text.encode())


def _check(kind: Kind, content: dict[str, Any]) -> None:
    try:
        jsonschema.validate(content, schema_of(kind), cls=jsonschema.Draft202012Validator)
    except jsonschema.ValidationError as error:
        raise ExportError(
            f"the {kind.name} is not what its schema says ({error.json_path}: {error.message}); "
            "nothing was written. Load the run again with the version that builds the tables."
        ) from error
