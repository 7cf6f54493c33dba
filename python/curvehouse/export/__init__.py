"""JSON artefacts out of the published file, each valid against the schema that comes with it."""

from __future__ import annotations

from pathlib import Path

from curvehouse.export.artefact import read_artefact
from curvehouse.export.kind import Kind, find_kind, known_kinds, schema_of
from curvehouse.export.whole_run import export_run
from curvehouse.export.writing import write_whole
from curvehouse.home import Home
from curvehouse.query import open_published

__all__ = ["Kind", "export_artefact", "export_run", "find_kind", "known_kinds", "schema_of"]


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
        content = read_artefact(connection, kind, subject)
    (path,) = write_whole(folder, {file_name: content})
    return path
