"""The raw tables as Parquet, for Spark to read where its workers reach them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from curvehouse.build_records import reading_working_file
from curvehouse.disk import sync
from curvehouse.errors import InvalidInputError
from curvehouse.home import Home
from curvehouse.lock import writer_lock
from curvehouse.quoting import literal
from curvehouse.raw import are_raw_tables_older

__all__ = ["RAW_FOLDER", "RAW_TABLES", "RawExport", "export_raw_tables"]

RAW_FOLDER = "raw"
RAW_TABLES = (
    "files", "runs", "jobs", "equity", "trades", "bars", "factors", "portfolios", "calendars",
)  # fmt: skip

# Large enough to read in one go, small enough for many workers to have one each.
_FILE_BYTES = "256MB"


@dataclass(frozen=True)
class RawExport:
    """What was written: the folder of the tables, and the rows of each."""

    folder: Path
    row_counts: dict[str, int]


def export_raw_tables(home: Home, folder: Path) -> RawExport:
    """Write the raw tables below ``folder``, a folder of Parquet files each, and say what they are.

    Parameters
    ----------
    home : Home
        The warehouse.
    folder : Path
        Where ``raw`` goes, in place of an earlier one; made where it is not there. Types are plain,
        times naive and in UTC.

    Raises
    ------
    InvalidInputError
        When nothing has been loaded, or something else lies in the way.
    BusyError
        When another process is writing to the home.
    """
    target = folder / RAW_FOLDER
    with writer_lock(home, "curvehouse raw export"):
        if not home.working_file.exists():
            raise InvalidInputError(
                f"nothing has been loaded in {home.root}, so there is nothing to export; "
                "`curvehouse ingest` loads files."
            )
        with _in_place(target) as incoming, reading_working_file(home) as connection:
            if are_raw_tables_older(connection):
                raise InvalidInputError(
                    f"the raw tables in {home.root} are those of an older Curvehouse; "
                    "`curvehouse build` brings them up to date."
                )
            counts = {}
            for table in RAW_TABLES:
                place = incoming / table
                ((counts[table],),) = connection.execute(
                    f"copy (select * from raw.{table}) to {literal(place)} "
                    f"(format parquet, compression zstd, file_size_bytes '{_FILE_BYTES}')"
                ).fetchall()
                for file in place.iterdir():
                    sync(file)
                sync(place)
    return RawExport(target, counts)


@contextmanager
def _in_place(target: Path) -> Iterator[Path]:
    """Yield a folder that takes the target's place once it is filled."""
    others = [path.name for path in target.iterdir()] if target.is_dir() else []
    foreign = sorted(set(others) - set(RAW_TABLES))
    if foreign:
        raise InvalidInputError(
            f"{target} holds {foreign[0]}, which is no raw table; choose another folder."
        )
    incoming = target.with_name(f".{target.name}-incoming")
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.mkdir(parents=True)
    try:
        yield incoming
        shutil.rmtree(target, ignore_errors=True)
        incoming.replace(target)
        sync(target.parent)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
