"""Loading one curve that no sweep of Curvehouse wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from curvehouse.errors import UsageError
from curvehouse.home import Home
from curvehouse.identity import ParameterValue, backtest_id, check_run_id, param_hash
from curvehouse.ingest.calendars import Subject, decide_calendars
from curvehouse.ingest.curves import NumberedFile, insert_parsed
from curvehouse.ingest.jobs import Job, append_jobs
from curvehouse.ingest.ledger import Identity, RowCounts
from curvehouse.ingest.report import IngestReport
from curvehouse.ingest.session import ingest_session
from curvehouse.ingest.single import check_file, load_single
from curvehouse.readers.curves import curve_columns, parsed_curves
from curvehouse.readers.probe import FileProbe

__all__ = ["ImportedCurve", "ingest_equity", "parse_params"]

_INTEGER = re.compile(r"[+-]?[0-9]+")
_FLOAT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_BIGINT = 2**63


@dataclass(frozen=True)
class ImportedCurve:
    """What names an imported curve.

    Attributes
    ----------
    run_id : str
        The run that it belongs to; made by its first curve.
    strategy : str
        The strategy's name.
    params : mapping
        The strategy's own parameters.
    symbol : str or None
        What was traded.
    seed : int or None
        The seed of a strategy that draws random numbers.
    """

    run_id: str
    strategy: str
    params: Mapping[str, ParameterValue] = field(default_factory=dict)
    symbol: str | None = None
    seed: int | None = None

    def as_job(self) -> Job:
        """Return the job that a sweep would have listed for it."""
        full = dict(self.params)
        for name, value in (("symbol", self.symbol), ("seed", self.seed)):
            if name in full:
                raise UsageError(f"{name} is not one of --params: use --{name}.")
            if value is not None:
                full[name] = value
        return Job(
            strategy=self.strategy,
            param_hash=param_hash(full),
            params=dict(self.params),
            symbol=self.symbol,
            seed=self.seed,
            status="ok",
        )


def parse_params(pairs: Iterable[str]) -> dict[str, ParameterValue]:
    r"""Return ``key=value`` pairs as typed parameters.

    ``true``, ``false`` and ``null`` are what JSON means by them; what is written as an integer or
    a decimal number is one; a value in double quotes is a JSON string; all else is text.

    >>> parse_params(["n=5", "x=0.50", "on=true", "name=a b", 'code="5"'])
    {'n': 5, 'x': 0.5, 'on': True, 'name': 'a b', 'code': '5'}
    """
    params: dict[str, ParameterValue] = {}
    for pair in pairs:
        key, separator, text = pair.partition("=")
        if not separator or not key:
            raise UsageError(f"--params {pair!r} is not of the form key=value.")
        if key in params:
            raise UsageError(f"--params gives {key!r} twice.")
        params[key] = _parse_value(pair, text)
    return params


def ingest_equity(
    home: Home,
    path: Path,
    curve: ImportedCurve,
    *,
    ts_column: str | None = None,
    equity_column: str | None = None,
    periods_per_year: float | None = None,
    restore: bool = False,
) -> IngestReport:
    """Load one curve from any backtester.

    Parameters
    ----------
    home : Home
        The warehouse.
    path : Path
        A file with a timestamp and an equity column.
    curve : ImportedCurve
        What the curve is of.
    ts_column, equity_column : str, optional
        Names of the columns, where they are not usual ones.
    periods_per_year : float, optional
        Overrides what the curve says.
    restore : bool
        Load the file also where just this content was retracted.
    """
    check_file(path)
    check_run_id(curve.run_id)
    if not curve.strategy:
        raise UsageError("--strategy is empty: name the strategy.")
    job = curve.as_job()
    subject = backtest_id(curve.run_id, *job.key)
    settings = json.dumps({"equity_column": equity_column, "ts_column": ts_column})
    with ingest_session(home, "curvehouse ingest equity") as connection, ExitStack() as stack:
        _refuse_swept(connection, curve.run_id)

        def read(probe: FileProbe) -> Callable[[int], RowCounts]:
            columns = curve_columns(probe, ts_column=ts_column, equity_column=equity_column)
            parsed = stack.enter_context(parsed_curves(connection, [probe], columns))
            for fault in parsed.faults.values():
                raise fault

            def append(load_id: int) -> RowCounts:
                file = NumberedFile(load_id, subject, probe)
                insert_parsed(connection, parsed.table, [file])
                append_jobs(connection, curve.run_id, [job], load_id)
                subjects = [Subject(load_id, subject, job.symbol, periods_per_year)]
                decide_calendars(connection, "backtest", subjects)
                return RowCounts(_row_count(connection, load_id))

            return append

        return load_single(
            connection,
            path,
            Identity("equity", curve.run_id, *job.key),
            read,
            settings=settings,
            backtest_id=subject,
            restore=restore,
        )


def _refuse_swept(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    swept = connection.execute("select 1 from raw.runs where run_id = ? limit 1", [run_id])
    if swept.fetchall():
        raise UsageError(
            f"--run-id {run_id!r} is a sweep's: give single curves another run_id, or add the "
            "curve to the sweep's folder and its jobs.jsonl."
        )


def _row_count(connection: duckdb.DuckDBPyConnection, load_id: int) -> int:
    ((count,),) = connection.execute(
        "select count(*) from raw.equity where load_id = ?", [load_id]
    ).fetchall()
    return int(count)


def _parse_value(pair: str, text: str) -> ParameterValue:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if number in (float("inf"), float("-inf")):
            raise UsageError(f"--params {pair!r} is too large a number.")
        return number
    if text.startswith('"'):
        try:
            value = json.loads(text)
        except ValueError as error:
            raise UsageError(f"--params {pair!r} is not a JSON string ({error}).") from error
        return str(value)
    return text
