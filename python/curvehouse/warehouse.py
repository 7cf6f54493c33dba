"""A warehouse from Python: what a notebook has in memory lands without a file."""

# Whoever only asks for the version, or for help, waits for no library.
# ruff: noqa: PLC0415

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from curvehouse.home import Home

if TYPE_CHECKING:
    import pyarrow as pa

    from curvehouse.build.run import BuildResult
    from curvehouse.identity import ParameterValue
    from curvehouse.ingest import IngestReport
    from curvehouse.readers.tools.reader import ToolReader

__all__ = ["Curvehouse", "load"]


def load(
    frame: Any,
    *,
    run_id: str,
    trades: Any = None,
    home: str | os.PathLike[str] | None = None,
    **said: Any,
) -> IngestReport:
    """Load curves from a data frame, and with them the trades of their backtest.

    Parameters
    ----------
    frame : pandas, Polars or Arrow
        See `Curvehouse.add_curves`, also for what else may be said.
    run_id : str
        The run that the backtests belong to.
    trades : pandas, Polars or Arrow, optional
        The trades of the backtest, where the frame has the curve of only one.
    home : path, optional
        The warehouse's folder, else ``$CURVEHOUSE_HOME``, else ``./warehouse``.
    """
    warehouse = Curvehouse(home)
    report = warehouse.add_curves(frame, run_id=run_id, **said)
    if trades is not None:
        report += warehouse.add_trades(trades, run_id=run_id, **said)
    return report


class Curvehouse:
    """A warehouse.

    Parameters
    ----------
    home : path, optional
        Its folder, else ``$CURVEHOUSE_HOME``, else ``./warehouse``.

    Examples
    --------
    >>> Curvehouse("warehouse").home.root.name
    'warehouse'
    """

    def __init__(self, home: str | os.PathLike[str] | None = None) -> None:
        self.home = Home.resolve(home)

    def __repr__(self) -> str:
        return f"Curvehouse({str(self.home.root)!r})"

    def add_curves(
        self,
        frame: Any,
        *,
        run_id: str,
        strategy: str | None = None,
        params: Mapping[str, ParameterValue] | None = None,
        symbol: str | None = None,
        seed: int | None = None,
        starting_cash: float | None = None,
        periods_per_year: float | None = None,
        timezone: str | None = None,
        restore: bool = False,
        format: str | None = None,
        **options: str,
    ) -> IngestReport:
        """Load one curve or many, as `curvehouse ingest results` does with a file.

        Parameters
        ----------
        frame : pandas, Polars or Arrow
            A column of times, or pandas' index of them, and a column of equity per backtest. The
            levels of a header of several are parameters of their names.
        run_id : str
            The run that the backtests belong to.
        strategy, params, symbol, seed : optional
            What names the backtest; they count before what the frame says.
        starting_cash : float, optional
            What the account held before the first row.
        periods_per_year : float, optional
            Rows per year, where the first year of rows would mislead.
        timezone : str, optional
            IANA name of the zone of times without one, and of the days; else UTC.
        restore : bool
            Load again what was retracted and did not change.
        format : str, optional
            Whose frame it is, where that is not recognised.
        **options : str
            What the format has to be told, such as ``returns="simple", unit="fraction"``.

        Returns
        -------
        IngestReport
            ``loaded`` and ``unchanged`` count curves, ``quarantined_files`` say what stays out and
            why.

        Raises
        ------
        UsageError
            When what names the backtest is missing, or the frame is none.
        """
        from curvehouse.readers.tools.wide import WIDE

        said = _said(locals(), options)
        return self._add(frame, said, usual=WIDE, kind="equity")

    def add_trades(
        self,
        frame: Any,
        *,
        run_id: str,
        strategy: str | None = None,
        params: Mapping[str, ParameterValue] | None = None,
        symbol: str | None = None,
        seed: int | None = None,
        starting_cash: float | None = None,
        periods_per_year: float | None = None,
        timezone: str | None = None,
        restore: bool = False,
        format: str | None = None,
        **options: str,
    ) -> IngestReport:
        """Load the trades of a backtest, a row each.

        Parameters
        ----------
        frame : pandas, Polars or Arrow
            Trades of backtesting.py or vectorbt, transactions of pyfolio, or what
            `curvehouse ingest trades` takes.
        run_id, strategy, params, symbol, seed : optional
            Under the names of a curve, both belong to one backtest. For the others see
            `add_curves`.
        """
        from curvehouse.readers.tools.trades import TRADES

        said = _said(locals(), options)
        return self._add(frame, said, usual=TRADES, kind="trades")

    def build(self, *, force: bool = False) -> BuildResult:
        """Build and test all tables, and publish them if every test passes; see `run_build`."""
        from curvehouse.build import run_build

        return run_build(self.home, force=force)

    def query(self, sql: str) -> pa.Table:
        """Return the rows of one reading statement on what is published last.

        The table has ``to_pandas()``, and ``polars.from_arrow`` takes it.
        """
        from curvehouse.query.arrow import query_table

        return query_table(self.home, sql)

    def _add(
        self, frame: Any, said: Mapping[str, Any], *, usual: ToolReader, kind: str
    ) -> IngestReport:
        from curvehouse.ingest import ResultOptions, ingest_frame
        from curvehouse.readers.tools.frame_source import table_of

        return ingest_frame(
            self.home, table_of(frame), ResultOptions(**said), usual=usual, kind=kind
        )


def _said(given: Mapping[str, Any], options: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments of a method as those of `ResultOptions`."""
    names = ("run_id", "strategy", "symbol", "seed", "starting_cash", "periods_per_year")
    return {
        **{name: given[name] for name in (*names, "timezone", "restore")},
        "params": given["params"] or {},
        "format_name": given["format"],
        "values": {name.replace("_", "-"): value for name, value in options.items()},
    }
