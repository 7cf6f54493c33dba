"""Loading factor returns into ``raw.factors``."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import duckdb

from curvehouse.errors import UsageError
from curvehouse.home import Home
from curvehouse.identity import check_text
from curvehouse.ingest.ledger import Identity, RowCounts
from curvehouse.ingest.report import IngestReport
from curvehouse.ingest.session import ingest_session
from curvehouse.ingest.single import check_file, load_single
from curvehouse.readers.content import MAX_BYTES
from curvehouse.readers.factors import parsed_factors, probe_factors
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.probe import FileProbe, file_stem

__all__ = ["ingest_factors"]

_RISK_FREE = "rf"
# What the tables call the parts of a return that no factor makes.
_OTHER_PARTS = ("risk_free", "alpha_residual")


def ingest_factors(
    home: Home,
    path: Path,
    *,
    factor_set: str | None = None,
    total_return: Sequence[str] = (),
    is_percent: bool = False,
    restore: bool = False,
    max_bytes: int = MAX_BYTES,
) -> IngestReport:
    """Load a file of daily factor returns.

    Parameters
    ----------
    home : Home
        The warehouse.
    path : Path
        A long file (date, factor, value), a wide one (date and a column per factor), or one of
        Kenneth French's as downloaded.
    factor_set : str, optional
        The set's name, else the file's stem.
    total_return : sequence of str
        Factors that are total returns, from which the set's rf is to be subtracted; the others
        are excess returns and used as given. A factor named rf or RF is the risk-free rate.
    is_percent : bool
        The file runs in per cent; those of Kenneth French are known to.
    restore : bool
        Load the file also where just this content was retracted.
    max_bytes : int
        How large the file may be, on disk and unpacked.
    """
    check_file(path)
    check_text("--factor-set", factor_set or "")
    name = factor_set or file_stem(path)
    settings = json.dumps({"percent": is_percent, "total_return": sorted(set(total_return))})
    with ingest_session(home, "curvehouse ingest factors") as connection, ExitStack() as stack:

        def read(probe: FileProbe) -> Callable[[int], RowCounts]:
            returns = stack.enter_context(parsed_factors(connection, probe, is_percent=is_percent))
            kinds = _kinds(probe, _names(connection, returns.table), total_return)

            def append(load_id: int) -> RowCounts:
                _append(connection, returns.table, kinds, name, load_id)
                return returns.counts

            return append

        return load_single(
            connection,
            path,
            Identity("factors", dataset=name),
            read,
            settings=settings,
            restore=restore,
            look=partial(probe_factors, max_bytes=max_bytes),
        )


def _names(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Return the factors in the file's order."""
    found = connection.execute(
        f"select factor from {table} group by factor order by min(factor_position)"
    ).fetchall()
    return [name for (name,) in found]


def _kinds(probe: FileProbe, names: Sequence[str], total_return: Sequence[str]) -> dict[str, str]:
    kinds = {name: "rf" if name.lower() == _RISK_FREE else "excess" for name in names}
    if list(kinds.values()).count("rf") > 1:
        reason = "has two risk-free rates (rf in upper and lower case); keep one"
        raise FaultyFileError(ReasonCode.DUPLICATE_COLUMN, reason, path=probe.path)
    for name in names:
        if name.lower() in _OTHER_PARTS:
            reason = (
                f"has a factor called {name!r}, as the tables call a part of returns that is none; "
                "call it otherwise, and the risk-free rate rf"
            )
            raise FaultyFileError(ReasonCode.DUPLICATE_COLUMN, reason, path=probe.path)
    for name in total_return:
        if kinds.get(name) in (None, "rf"):
            factors = ", ".join(name for name, kind in kinds.items() if kind != "rf")
            raise UsageError(f"--total-return {name!r} names no factor of the file: {factors}.")
        kinds[name] = "total_return"
    return kinds


def _append(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    kinds: dict[str, str],
    factor_set: str,
    load_id: int,
) -> None:
    connection.execute(
        f"""
        insert into raw.factors by name
        select
            ?::bigint as load_id, ?::varchar as factor_set, factor, kinds.kind,
            factor_position, factor_date, factor_return
        from {table}
        inner join (
            select unnest(?::varchar[]) as factor, unnest(?::varchar[]) as kind
        ) as kinds using (factor)
        order by factor_position, factor_date
        """,
        [load_id, factor_set, list(kinds), list(kinds.values())],
    )
