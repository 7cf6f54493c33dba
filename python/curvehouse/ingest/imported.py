"""What names a backtest whose files no sweep of Curvehouse wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from curvehouse.errors import InvalidInputError, UsageError
from curvehouse.identity import ParameterValue, backtest_id, check_run_id, check_text, param_hash
from curvehouse.ingest.jobs import Job
from curvehouse.ingest.standings import Identity
from curvehouse.parameter_text import parse_parameter
from curvehouse.readers.magnitudes import LARGEST, SMALLEST

__all__ = ["ImportedBacktest", "parse_params", "refuse_imported", "refuse_swept"]

_BIGINT = 2**63


@dataclass(frozen=True)
class ImportedBacktest:
    """What names an imported backtest; its curve and its trades come in files of their own.

    Attributes
    ----------
    run_id : str
        The run that it belongs to; made by its first file.
    strategy : str
        The strategy's name.
    params : mapping
        The strategy's own parameters.
    symbol : str or None
        What was traded.
    seed : int or None
        The seed of a strategy that draws random numbers.
    starting_cash : float or None
        What the account held before the first row or trade, where that is known.
    """

    run_id: str
    strategy: str
    params: Mapping[str, ParameterValue] = field(default_factory=dict)
    symbol: str | None = None
    seed: int | None = None
    starting_cash: float | None = None

    @property
    def settings(self) -> dict[str, object]:
        """What else of it a file's load rests on."""
        return {} if self.starting_cash is None else {"starting_cash": self.starting_cash}

    @property
    def backtest_id(self) -> str:
        """The key of the backtest."""
        return backtest_id(self.run_id, *self.as_job().key)

    def identity(self, kind: str) -> Identity:
        """Return what a file of it is about."""
        return Identity(kind, self.run_id, *self.as_job().key)

    def check(self) -> None:
        """Raise `UsageError` where it can't name a backtest."""
        check_run_id(self.run_id)
        if not self.strategy:
            raise UsageError("--strategy is empty: name the strategy.")
        check_text("--strategy", self.strategy)
        check_text("--symbol", self.symbol or "")
        for name, value in self.params.items():
            check_text("--params", f"{name}={value}")
        if self.seed is not None and not -_BIGINT <= self.seed < _BIGINT:
            raise UsageError(f"--seed {self.seed} is beyond 64 bits: give a smaller one.")
        if self.starting_cash is not None and not SMALLEST <= self.starting_cash <= LARGEST:
            raise UsageError(
                f"--starting-cash {self.starting_cash!r} is not within {SMALLEST} and {LARGEST}: "
                "give it in another unit."
            )

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
            starting_cash=self.starting_cash,
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
        try:
            params[key] = parse_parameter(text)
        except ValueError as error:
            raise UsageError(f"--params {pair!r} {error}.") from error
    return params


def refuse_swept(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Raise `UsageError` where a run_id is that of a sweep's folder."""
    swept = connection.execute("select 1 from raw.runs where run_id = ? limit 1", [run_id])
    if swept.fetchall():
        raise UsageError(
            f"--run-id {run_id!r} is a sweep's: give single files another run_id, or add the "
            "file to the sweep's folder and its job to jobs.jsonl."
        )


def refuse_imported(connection: duckdb.DuckDBPyConnection, run_id: str, folder: Path) -> None:
    """Raise `InvalidInputError` where a folder has the run_id of single files."""
    imported = connection.execute(
        """
        select 1
        from raw.jobs
        inner join raw.files using (load_id)
        where raw.files.run_id = ? and raw.files.kind in ('equity', 'trades')
        limit 1
        """,
        [run_id],
    ).fetchall()
    if imported:
        raise InvalidInputError(
            f"{folder} has the run_id {run_id!r}, under which single files were loaded: give "
            "the run another run_id in its manifest."
        )
