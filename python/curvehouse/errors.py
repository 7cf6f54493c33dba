"""The errors Curvehouse raises on purpose, as one tree.

Every message is one sentence for a person: what is wrong, where, and what to do next. The command
line prints it and exits with the error's ``exit_code``; anything else that escapes is a defect.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "BuildError",
    "BusyError",
    "CurvehouseError",
    "ExportError",
    "InvalidInputError",
    "NothingToExportError",
    "PublishError",
    "QueryError",
    "SparkError",
    "StorageError",
    "UsageError",
]


class CurvehouseError(Exception):
    """Base of all errors a user may see; on the command line they end with exit code 1."""

    exit_code: ClassVar[int] = 1


class UsageError(CurvehouseError):
    """The request can't be carried out as it is worded (exit code 2)."""

    exit_code: ClassVar[int] = 2


class NothingToExportError(UsageError):
    """What is asked for is there, and has nothing of that kind."""


class InvalidInputError(CurvehouseError):
    """A file or its content is not what the command needs."""


class BusyError(CurvehouseError):
    """Another process is writing to the same home."""


class StorageError(CurvehouseError):
    """A disk or a database file does not do what is asked of it."""


class BuildError(CurvehouseError):
    """The dbt build did not end clean."""


class PublishError(CurvehouseError):
    """The marts can't be published as they stand."""


class QueryError(CurvehouseError):
    """The query was refused or failed."""


class ExportError(CurvehouseError):
    """An artefact can't be made or written."""


class SparkError(CurvehouseError):
    """Spark can't be started, or can't be reached, as it is set up."""
