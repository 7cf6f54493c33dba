"""Files of backtests on their way into the tables, each under the load_id that it will have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from curvehouse.readers.faults import FaultyFileError
from curvehouse.readers.probe import FileProbe
from curvehouse.readers.row_counts import RowCounts

__all__ = ["FILES", "Loads", "NumberedFile", "files_parameters"]

# The load_ids of files by their position; its parameters are those of `files_parameters`.
FILES = """(
    select
        unnest(range(?))::integer as file_number,
        unnest(?::bigint[]) as load_id
) as files"""


def files_parameters(files: Sequence[NumberedFile]) -> list[object]:
    """Return the parameters of `FILES`."""
    return [len(files), [file.load_id for file in files]]


@dataclass(frozen=True)
class NumberedFile:
    """A file of a backtest that is to be loaded under a load_id.

    Attributes
    ----------
    column_names : pair of str or None
        What a curve's file calls its columns ``ts`` and ``equity``, where that is unusual.
    """

    load_id: int
    backtest_id: str
    probe: FileProbe
    column_names: tuple[str | None, str | None] = (None, None)


@dataclass
class Loads:
    """What became of files, by load_id."""

    row_counts: dict[int, RowCounts] = field(default_factory=dict)
    faults: dict[int, FaultyFileError] = field(default_factory=dict)
