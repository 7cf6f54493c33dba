"""Which readers are installed: the entry points of the group ``curvehouse.readers``.

A package adds one by naming a `ToolReader` there, under the reader's own name.
"""

from __future__ import annotations

from curvehouse.extensions import ExtensionGroup
from curvehouse.readers.tools.reader import ToolReader

__all__ = ["READER_GROUP", "find_reader", "reader_names", "readers"]

READER_GROUP = "curvehouse.readers"

_READERS = ExtensionGroup(
    READER_GROUP, ToolReader, "--format", "curvehouse.readers.tools.ToolReader"
)


def reader_names() -> list[str]:
    """Return the names of the readers that are installed, sorted, whether they load or not."""
    return _READERS.names()


def find_reader(name: str) -> ToolReader:
    """Return an installed reader.

    Raises
    ------
    UsageError
        When there is none of that name or more than one, or it can't be loaded.
    """
    return _READERS.find(name)


def readers() -> list[ToolReader]:
    """Return all readers that are installed, by name; see `find_reader`."""
    return [find_reader(name) for name in reader_names()]
