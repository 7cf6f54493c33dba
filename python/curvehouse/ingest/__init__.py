"""Loading files into the raw tables: each file whole or not at all, each batch in one transaction.

A file's identity is what it is about (a run's manifest, one backtest's curve, a data set of bars),
never its path or content. An unchanged file is skipped, a changed one supersedes the load before
it, and one that can't be accepted is quarantined with a reason while its earlier load stays. What
is retracted goes out of force, and stays out until its content changes.
"""

from curvehouse.ingest.bars import ingest_bars
from curvehouse.ingest.equity import ingest_equity
from curvehouse.ingest.factors import ingest_factors
from curvehouse.ingest.imported import ImportedBacktest, parse_params
from curvehouse.ingest.portfolios import ingest_portfolios
from curvehouse.ingest.reasons import ReasonCode
from curvehouse.ingest.report import IngestReport, QuarantinedFile
from curvehouse.ingest.result_options import Recognised, ResultOptions
from curvehouse.ingest.results import ingest_frame, ingest_results
from curvehouse.ingest.retract import retract_paths, retract_run
from curvehouse.ingest.runs import ingest_runs
from curvehouse.ingest.trades import ingest_trades

__all__ = [
    "ImportedBacktest",
    "IngestReport",
    "QuarantinedFile",
    "ReasonCode",
    "Recognised",
    "ResultOptions",
    "ingest_bars",
    "ingest_equity",
    "ingest_factors",
    "ingest_frame",
    "ingest_portfolios",
    "ingest_results",
    "ingest_runs",
    "ingest_trades",
    "parse_params",
    "retract_paths",
    "retract_run",
]
