"""How a sweep is run; what it comes to is the same however that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from curvehouse.errors import UsageError

__all__ = ["MAX_JOBS", "Backend", "OutputFormat", "SweepOptions"]

MAX_JOBS = 1_000_000


class OutputFormat(StrEnum):
    """How curves and trades are written."""

    CSV = "csv"
    PARQUET = "parquet"


class Backend(StrEnum):
    """What runs the blocks."""

    LOCAL = "local"
    DASK = "dask"


@dataclass(frozen=True, kw_only=True)
class SweepOptions:
    """How a sweep is run; but for the format, the results are the same.

    Attributes
    ----------
    output_format : OutputFormat
        A CSV file per curve, or Parquet files of whole blocks.
    workers : int, optional
        Processes to run in, else as many as there are cores.
    backend : Backend
        This machine, or a Dask cluster.
    scheduler : str, optional
        Address of the cluster's scheduler.
    job_timeout : float, optional
        Seconds that a job may take; without it there is no limit.
    max_jobs : int
        A grid that plans more is refused.
    """

    output_format: OutputFormat = OutputFormat.CSV
    workers: int | None = None
    backend: Backend = Backend.LOCAL
    scheduler: str | None = None
    job_timeout: float | None = None
    max_jobs: int = MAX_JOBS

    def check(self) -> None:
        """Raise `UsageError` where options contradict each other."""
        if (self.backend is Backend.DASK) != (self.scheduler is not None):
            raise UsageError(
                "--backend dask and --scheduler ADDRESS belong together; give both, or neither."
            )
        if self.backend is Backend.DASK and self.workers is not None:
            raise UsageError(
                "--workers is for this machine, and the Dask cluster has its own; leave it out."
            )
