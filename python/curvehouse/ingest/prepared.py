"""Reading results before anything is locked: each comes to arrivals, or to a fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from curvehouse.errors import CurvehouseError, UsageError
from curvehouse.ingest.arrivals import arrivals_of
from curvehouse.ingest.landing import Arrival
from curvehouse.ingest.report import shown_path
from curvehouse.ingest.result_options import Recognised, ResultOptions
from curvehouse.ingest.settings import zone_option
from curvehouse.ingest.standings import Identity
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.tools.reader import ReadOptions, ToolReader
from curvehouse.readers.tools.recognition import checked_values
from curvehouse.readers.tools.result import ToolResult
from curvehouse.readers.tools.source import SourceFile

__all__ = ["Prepared", "prepare"]


@dataclass(frozen=True)
class Prepared:
    """A file or frame that was read.

    Attributes
    ----------
    path : Path
        Where it is.
    nameless : Identity
        Under which it is in quarantine where its backtests can't be known.
    arrivals : tuple of Arrival
        What is to land.
    zone : str or None
        Of times without an offset, else UTC.
    recognised : Recognised or None
        What was understood.
    fault : FaultyFileError or None
        What is wrong with it as a whole.
    """

    path: Path
    nameless: Identity
    arrivals: tuple[Arrival, ...] = ()
    zone: str | None = None
    recognised: Recognised | None = None
    fault: FaultyFileError | None = None


def prepare(
    path: Path,
    open_source: Callable[[], SourceFile],
    choose_reader: Callable[[SourceFile], ToolReader],
    options: ResultOptions,
) -> Prepared:
    """Read a file or frame; what is wrong with it is a fault in the result.

    Raises
    ------
    UsageError
        When the reader lacks an option, or a backtest a strategy.
    """
    nameless = Identity("results", options.run_id, dataset=shown_path(path))
    try:
        source = open_source()
        reader = choose_reader(source)
        result = _read(reader, source, options)
        zone = zone_option(options.timezone or result.timezone)
        arrivals = arrivals_of(reader, source, result, options, zone)
    except FaultyFileError as fault:
        return Prepared(path, nameless, fault=fault)
    recognised = Recognised(path, reader.name, result)
    return Prepared(path, nameless, tuple(arrivals), zone, recognised)


def _read(reader: ToolReader, source: SourceFile, options: ResultOptions) -> ToolResult:
    said = ReadOptions(
        options.strategy, options.starting_cash, checked_values(reader, options.values)
    )
    try:
        result = reader.read(source, said)
    except CurvehouseError:
        raise
    except Exception as error:
        # Whatever a file does to a reader, the other files still load.
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        reason = f"is beyond the reader {reader.name} ({what}); write it again, or tell its authors"
        raise source.fault(ReasonCode.UNREADABLE, reason) from error
    if not isinstance(result, ToolResult):
        raise UsageError(
            f"the reader {reader.name} returned a {type(result).__name__} and no ToolResult: "
            "upgrade or uninstall its package."
        )
    if not any(one.curve is not None or one.trades is not None for one in result.backtests):
        reason = "holds neither a curve nor trades; write it after a backtest that traded"
        raise source.fault(ReasonCode.NO_RESULT, reason)
    return result
