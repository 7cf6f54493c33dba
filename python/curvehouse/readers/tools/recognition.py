"""Finding the reader for a file, and letting it read."""

from __future__ import annotations

from collections.abc import Mapping

from curvehouse.errors import UsageError
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.tools.reader import ToolReader
from curvehouse.readers.tools.registry import find_reader, reader_names, readers
from curvehouse.readers.tools.source import SourceFile

__all__ = ["checked_values", "reader_of", "recognising"]


def reader_of(source: SourceFile, format_name: str | None = None) -> ToolReader:
    """Return the reader for a file: the one that was asked for, else the one that recognises it.

    Raises
    ------
    UsageError
        When there is no such reader.
    FaultyFileError
        When no reader recognises the file, or more than one; or when it is damaged.
    """
    if format_name is not None:
        return find_reader(format_name)
    found, faults = recognising(source)
    if len(found) == 1:
        return found[0]
    if not found and faults:
        raise faults[0]
    if found:
        names = " and ".join(reader.name for reader in found)
        what = f"is recognised by {names}; choose with --format"
    else:
        what = f"is not recognised; say what it is with --format: {', '.join(reader_names())}"
    raise source.fault(ReasonCode.UNKNOWN_FORMAT, what)


def recognising(source: SourceFile) -> tuple[list[ToolReader], list[FaultyFileError]]:
    """Return the readers that recognise a file, and what kept others from a look at it."""
    found, faults = [], []
    for reader in readers():
        try:
            if reader.sniff(source):
                found.append(reader)
        except FaultyFileError as fault:
            faults.append(fault)
    return found, faults


def checked_values(reader: ToolReader, values: Mapping[str, str]) -> dict[str, str]:
    """Return the options of a reader that were given.

    Raises
    ------
    UsageError
        When the reader has no such option, one has a value it can't have, or one is missing.
    """
    declared = {option.name: option for option in reader.options}
    for name, value in values.items():
        if name not in declared:
            raise UsageError(f"--{name} says nothing about the format {reader.name}: leave it out.")
        choices = declared[name].choices
        if choices and value not in choices:
            raise UsageError(f"--{name} {value!r} is not one of {', '.join(choices)}.")
    for option in reader.options:
        if option.is_required and option.name not in values:
            wanted = "|".join(option.choices) or option.name.upper()
            raise UsageError(
                f"the format {reader.name} needs --{option.name} {wanted}: {option.meaning}."
            )
    return dict(values)
