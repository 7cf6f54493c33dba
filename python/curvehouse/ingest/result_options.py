"""What a user says of other backtesters' results, and what was understood of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from curvehouse.identity import ParameterValue
from curvehouse.ingest.imported import ImportedBacktest
from curvehouse.readers.content import MAX_BYTES
from curvehouse.readers.tools.result import ToolResult

__all__ = ["Recognised", "ResultOptions"]


@dataclass(frozen=True)
class ResultOptions:
    """What the user says of all files of a command; it counts before what a file says.

    Attributes
    ----------
    run_id : str
        The run that the backtests belong to.
    format_name : str or None
        The reader, else the one that recognises the file.
    values : mapping of str to str
        Options of the reader.
    strategy, params, symbol, seed, starting_cash : optional
        See `ImportedBacktest`.
    periods_per_year : float or None
        Overrides what files and curves say.
    timezone : str or None
        IANA name of the zone of times without an offset and of the days.
    restore : bool
        Load also what was retracted and did not change.
    max_bytes : int
        How large each file may be, on disk and unpacked.
    """

    run_id: str
    format_name: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    strategy: str | None = None
    params: Mapping[str, ParameterValue] = field(default_factory=dict)
    symbol: str | None = None
    seed: int | None = None
    starting_cash: float | None = None
    periods_per_year: float | None = None
    timezone: str | None = None
    restore: bool = False
    max_bytes: int = MAX_BYTES

    @property
    def nameless(self) -> ImportedBacktest:
        """What stands for a backtest before a file has said its own names."""
        return ImportedBacktest(
            self.run_id,
            "unnamed" if self.strategy is None else self.strategy,
            self.params,
            self.symbol,
            self.seed,
            self.starting_cash,
        )


@dataclass(frozen=True)
class Recognised:
    """A file that a reader understood, for people."""

    path: Path
    format_name: str
    result: ToolResult

    def lines(self) -> list[str]:
        """Return what was understood: the file, then a line for each note."""
        found = self.result.backtests
        curves = sum(one.curve is not None for one in found)
        traded = [one.trades.num_rows for one in found if one.trades is not None]
        # A name on disk may be bytes that are no text.
        shown = os.fsencode(self.path).decode("utf-8", "replace")
        parts = [f"{shown}: {self.format_name}"]
        parts += [_number(curves, "curve")] if curves else []
        parts += [_number(sum(traded), "trade")] if traded else []
        parts += [f"in {self.result.currency}"] if self.result.currency else []
        lines = [", ".join(parts), *(f"  {note}" for note in self.result.notes)]
        if len(found) == 1 and found[0].figures:
            figures = (f"{name} {value:.6f}" for name, value in found[0].figures.items())
            lines.append(f"  the tool's own figures: {', '.join(figures)}")
        return lines


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
