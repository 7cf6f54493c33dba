"""The interface that every tool's reader has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from curvehouse.readers.tools.result import ToolResult
from curvehouse.readers.tools.source import SourceFile

__all__ = ["ReadOptions", "ToolOption", "ToolReader"]


@dataclass(frozen=True)
class ToolOption:
    """Something that the user has to say because the file doesn't.

    Attributes
    ----------
    name : str
        As in ``--name`` on the command line.
    meaning : str
        One clause for the help.
    choices : tuple of str
        The values it may have; empty where any text may be.
    is_required : bool
        Whether the file can't be read without it.
    """

    name: str
    meaning: str
    choices: tuple[str, ...] = ()
    is_required: bool = False


@dataclass(frozen=True)
class ReadOptions:
    """What the user said of a file.

    Attributes
    ----------
    strategy : str or None
        The strategy's name; of a file with several strategies, a reader may take it as the choice
        of one.
    starting_cash : float or None
        What the account held before the first row or trade.
    values : mapping of str to str
        The reader's own options that were given, already checked against their choices.
    """

    strategy: str | None = None
    starting_cash: float | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ToolReader:
    """How the files of one tool are recognised and read.

    Attributes
    ----------
    name : str
        As in ``--format``.
    meaning : str
        What it reads, one clause for the help.
    sniff : callable
        Returns whether a file is surely of this tool, from its header, its keys or the names in an
        archive, never from values; False where another tool writes the same. It is cheap. It may
        raise `FaultyFileError` where a file is damaged, which counts if nobody recognises it.
    read : callable
        Returns what a file holds. Raises `FaultyFileError` for a file of another tool
        (`wrong_tool`), and for one without what it should have.
    options : tuple of ToolOption
        What the user can say.
    """

    name: str
    meaning: str
    sniff: Callable[[SourceFile], bool]
    read: Callable[[SourceFile, ReadOptions], ToolResult]
    options: tuple[ToolOption, ...] = ()
