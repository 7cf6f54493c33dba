"""Loading specs of portfolios into ``raw.portfolios``."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from curvehouse.home import Home
from curvehouse.ingest.ledger import Identity, Ledger, RowCounts
from curvehouse.ingest.portfolio_members import Landed, find_members
from curvehouse.ingest.portfolio_spec import PortfolioFile, parse_portfolio
from curvehouse.ingest.report import IngestReport, shown_path
from curvehouse.ingest.session import append_rows, ingest_session, transaction
from curvehouse.ingest.single import check_file, load_single
from curvehouse.ingest.standings import Standings
from curvehouse.readers.content import check_text
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.probe import FileProbe, read_file

__all__ = ["ingest_portfolios"]

_KIND = "portfolio"
# A spec of ten thousand members has about a megabyte.
_MAX_BYTES = 16 * 1024**2
_COLUMNS = {"load_id": pa.int64(), "portfolio_id": pa.string(), "spec": pa.string()}


def ingest_portfolios(home: Home, paths: Sequence[Path], *, restore: bool = False) -> IngestReport:
    """Load specs of portfolios, each in a transaction of its own.

    Parameters
    ----------
    home : Home
        The warehouse.
    paths : sequence of Path
        JSON files of one spec each; a later version of the same ``portfolio_id`` supersedes. One
        that can't be accepted leaves the others alone.
    restore : bool
        Load a file also where just its content was retracted.
    """
    for path in paths:
        check_file(path)
    report = IngestReport()
    with ingest_session(home, "curvehouse ingest portfolios") as connection:
        landed = Landed(connection, home)
        taken: dict[str, Path] = {}
        for path in dict.fromkeys(paths):
            report += _load(connection, path, landed, taken, restore=restore)
    return report


def _load(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    landed: Landed,
    taken: dict[str, Path],
    *,
    restore: bool,
) -> IngestReport:
    nameless = Identity(_KIND, dataset=shown_path(path))
    found: list[PortfolioFile] = []

    def look(path: Path) -> FileProbe:
        probe, spec = _read(path)
        found.append(spec)
        return probe

    identity = _identity_of(path, taken) or nameless

    def read(_: FileProbe) -> Callable[[int], RowCounts]:
        spec = found[-1]
        if identity == nameless:
            reason = (
                f"field 'portfolio_id': {spec.portfolio_id!r} is that of another file given, "
                f"{shown_path(taken[spec.portfolio_id])}; give each its own"
            )
            raise FaultyFileError(ReasonCode.DUPLICATE_FILE, reason, path=path)
        text = json.dumps(_content(spec, find_members(spec, path, landed)))

        def append(load_id: int) -> RowCounts:
            row = {"load_id": load_id, "portfolio_id": spec.portfolio_id, "spec": text}
            append_rows(connection, "raw.portfolios", _COLUMNS, [row])
            return RowCounts(1)

        return append

    report = load_single(connection, path, identity, read, restore=restore, look=look)
    if identity != nameless:
        _clear(connection, nameless)
    return report


def _identity_of(path: Path, taken: dict[str, Path]) -> Identity | None:
    """Return what a file is about; None where it can't be read, or another of the batch is that."""
    try:
        _, spec = _read(path)
    except FaultyFileError:
        return None
    is_first = taken.setdefault(spec.portfolio_id, path) == path
    return Identity(_KIND, dataset=spec.portfolio_id) if is_first else None


def _read(path: Path) -> tuple[FileProbe, PortfolioFile]:
    file = read_file(path, max_bytes=_MAX_BYTES)
    try:
        check_text(path, file.data)
        spec = parse_portfolio(file.data, path)
    except FaultyFileError as fault:
        fault.sha256, fault.byte_count = file.sha256, len(file.data)
        raise
    probe = FileProbe(
        path=path.absolute(),
        sha256=file.sha256,
        byte_count=len(file.data),
        is_parquet=False,
        header=(),
        row_count=1,
        is_plain=False,
        has_clock=False,
        stamp=None,
    )
    return probe, spec


def _content(spec: PortfolioFile, backtests: dict[str, str]) -> dict[str, object]:
    """Return the spec with defaults written out, and each member's backtest."""
    content: dict[str, object] = spec.model_dump(mode="json")
    content["strategies"] = [
        {**member.model_dump(mode="json"), "backtest_id": backtests[member.id]}
        for member in spec.strategies or ()
    ]
    return content


def _clear(connection: duckdb.DuckDBPyConnection, nameless: Identity) -> None:
    """End the quarantine of what could not be read at this place, since it can be now."""
    standings = Standings(connection, nameless)
    if standings.get(nameless) is not None:
        with transaction(connection):
            ledger = Ledger(connection, standings)
            ledger.clear_quarantine()
            ledger.write()
