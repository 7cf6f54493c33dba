"""The record that lies beside a published file and says what it is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from curvehouse.disk import sync

__all__ = [
    "ID_FORMAT",
    "PARQUET_FOLDER",
    "RECORD_NAME",
    "UNFINISHED_RECORD",
    "Publication",
    "read_record",
    "write_record",
]

ID_FORMAT = "%Y%m%dT%H%M%S.%fZ"
PARQUET_FOLDER = "parquet"
RECORD_NAME = "publication.json"
UNFINISHED_RECORD = f".{RECORD_NAME}"


@dataclass(frozen=True)
class Publication:
    """What a publication folder says of its file.

    Attributes
    ----------
    publication_id : str
        The time it was made, in UTC; ids sort by time.
    fingerprint : str
        Of the content of all marts, and of the table macros.
    invocation_id : str
        The last build that had this content.
    built_at : str
        When that build finished, in UTC.
    row_counts : dict
        Rows by mart.
    macros_fingerprint : str
        Of the table macros beside the marts.
    has_parquet : bool
        Whether the tables lie beside it as Parquet.
    withdrawn_at : str or None
        When an older one was put in force in its place, in UTC. It says nothing while this one is
        in force: then the process that withdrew it was killed on the way.
    """

    publication_id: str
    fingerprint: str
    invocation_id: str
    built_at: str
    row_counts: dict[str, int]
    macros_fingerprint: str = ""
    has_parquet: bool = False
    withdrawn_at: str | None = None

    @property
    def published_at(self) -> datetime:
        """When it was made, in UTC without a time zone."""
        return datetime.strptime(self.publication_id, ID_FORMAT)

    @property
    def finished_at(self) -> datetime:
        """When the build finished, in UTC without a time zone."""
        return datetime.fromisoformat(self.built_at)


def read_record(folder: Path) -> Publication | None:
    """Return what the record in a publication's folder says, or None where it is damaged."""
    try:
        return Publication(**json.loads((folder / RECORD_NAME).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write_record(folder: Path, publication: Publication) -> None:
    """Put the record beside the file, in one step, in place of an earlier one."""
    unfinished = folder / UNFINISHED_RECORD
    unfinished.write_text(json.dumps(asdict(publication), indent=2) + "\n")
    sync(unfinished)
    unfinished.replace(folder / RECORD_NAME)
    sync(folder)
