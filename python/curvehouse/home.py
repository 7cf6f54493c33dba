"""Where a warehouse lives on disk."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

__all__ = ["DATABASE_NAME", "HOME_VARIABLE", "Home"]

HOME_VARIABLE = "CURVEHOUSE_HOME"
DATABASE_NAME = "curvehouse.duckdb"


@dataclass(frozen=True)
class Home:
    """The folder that holds one warehouse, and the paths inside it.

    Every DuckDB file below it has the same base name, because DuckDB names the catalog after the
    file and views break in a file of another name.
    """

    root: Path

    @classmethod
    def resolve(cls, root: str | os.PathLike[str] | None = None) -> Home:
        """Return the home at ``root``, else at ``$CURVEHOUSE_HOME``, else at ``./warehouse``."""
        chosen = root or os.environ.get(HOME_VARIABLE) or "warehouse"
        return cls(Path(chosen).expanduser().absolute())

    @property
    def working_file(self) -> Path:
        """The database that ingest and dbt write; readers never open it."""
        return self.root / "build" / DATABASE_NAME

    @property
    def open_log(self) -> Path | None:
        """The write-ahead log beside the working file, where its last writer did not end well."""
        return next(self.working_file.parent.glob(f"{DATABASE_NAME}.wal*"), None)

    @property
    def published_file(self) -> Path:
        """The symbolic link to the file of the publication in force; this is what readers open."""
        return self.root / DATABASE_NAME

    @property
    def current(self) -> Path:
        """The symbolic link to the folder of the publication in force."""
        return self.root / "current"

    @property
    def publications(self) -> Path:
        """One folder per publication, named after the time it was made."""
        return self.root / "publications"

    @property
    def lock_file(self) -> Path:
        """Held by whoever ingests, builds or publishes."""
        return self.root / ".lock"

    @property
    def target(self) -> Path:
        """Artefacts of dbt: manifest, run results, compiled models."""
        return self.root / "target"

    @property
    def logs(self) -> Path:
        """Logs of dbt."""
        return self.root / "logs"
