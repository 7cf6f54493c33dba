"""The plan of a run: one line of ``jobs.jsonl`` per job."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from curvehouse.identity import ParameterValue, backtest_id, param_hash
from curvehouse.ingest.manifest import first_problem, parse_moment
from curvehouse.ingest.session import append_rows
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.probe import sha256_of

__all__ = ["Job", "JobKey", "JobsFile", "append_jobs", "parse_jobs"]

# Strategy and param_hash: what names a job within its run, and its files within the folder.
JobKey = tuple[str, str]

_RESERVED = ("symbol", "seed")


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


class _Line(BaseModel):
    """One line; keys that the warehouse does not know are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)

    strategy: str = Field(min_length=1)
    param_hash: str = Field(pattern="^[0-9a-f]{64}$")
    params: dict[str, str | int | float | bool | None]
    seed: int | None = Field(default=None, ge=-(2**63), le=2**63 - 1)
    symbol: str | None = None
    status: Literal["ok", "crashed", "timed_out", "no_trades", "non_finite_equity", "ruined"]
    error: str | None = None
    started_at: str | None = None
    seconds: float | None = Field(default=None, ge=0)


@dataclass(frozen=True)
class Job:
    """One planned job.

    Attributes
    ----------
    params : dict
        The strategy's own parameters, without the reserved keys.
    starting_cash : float or None
        Of an imported backtest; a sweep's is in its manifest.
    """

    strategy: str
    param_hash: str
    params: dict[str, ParameterValue]
    symbol: str | None
    seed: int | None
    status: str
    error: str | None = None
    started_at: datetime | None = None
    seconds: float | None = None
    starting_cash: float | None = None

    @property
    def key(self) -> JobKey:
        """What names the job within its run."""
        return self.strategy, self.param_hash


@dataclass(frozen=True)
class JobsFile:
    """A plan as it was read.

    Attributes
    ----------
    jobs : tuple of Job
        The planned jobs, each once.
    line_faults : dict of int to FaultyFileError
        By line, what can't be used; those lines are no jobs.
    hash_faults : dict of JobKey to FaultyFileError
        Jobs whose parameters don't give their hash: planned, but their files stay out.
    """

    jobs: tuple[Job, ...]
    line_faults: dict[int, FaultyFileError]
    hash_faults: dict[JobKey, FaultyFileError]
    sha256: str
    byte_count: int


def parse_jobs(data: bytes, path: Path) -> JobsFile:
    """Read a plan; each line stands for itself."""
    sha256 = sha256_of(data)
    jobs: dict[JobKey, Job] = {}
    line_faults: dict[int, FaultyFileError] = {}
    hash_faults: dict[JobKey, FaultyFileError] = {}
    lines = data.removeprefix(codecs.BOM_UTF8).split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            job = _parse_line(line)
            if job.key in jobs:
                raise FaultyFileError(ReasonCode.BAD_JOBS_LINE, "lists a job a second time")
            jobs[job.key] = job
            _check_hash(job)
        except FaultyFileError as found:
            fault = FaultyFileError(found.code, found.reason, path=path, line=number)
            fault.sha256, fault.byte_count = sha256, len(data)
            if fault.code is ReasonCode.PARAM_HASH_MISMATCH:
                hash_faults[job.key] = fault
            else:
                line_faults[number] = fault
    return JobsFile(tuple(jobs.values()), line_faults, hash_faults, sha256, len(data))


def append_jobs(
    connection: duckdb.DuckDBPyConnection, run_id: str, jobs: Iterable[tuple[int, Job]]
) -> None:
    """Append planned jobs to ``raw.jobs``, each under the load_id that brought it."""
    rows = [
        {
            "load_id": load_id,
            "run_id": run_id,
            "backtest_id": backtest_id(run_id, *job.key),
            "strategy": job.strategy,
            "param_hash": job.param_hash,
            "params": json.dumps(job.params, sort_keys=True, ensure_ascii=False),
            "symbol": job.symbol,
            "seed": job.seed,
            "status": job.status,
            "error": job.error,
            "started_at": job.started_at,
            "seconds": job.seconds,
            "starting_cash": job.starting_cash,
        }
        for load_id, job in jobs
    ]
    kinds = {
        "load_id": pa.int64(),
        "seed": pa.int64(),
        "started_at": pa.timestamp("us"),
        "seconds": pa.float64(),
        "starting_cash": pa.float64(),
    }
    columns = {name: kinds.get(name, pa.string()) for name in (rows[0] if rows else ())}
    append_rows(connection, "raw.jobs", columns, rows)


def _parse_line(line: bytes) -> Job:
    try:
        content = _Line.model_validate(_DECODER.decode(line.decode("utf-8")))
        if b"\\u" in line:
            # Half of a surrogate pair is no text, and JSON can spell it.
            json.dumps(content.model_dump(), ensure_ascii=False).encode()
        started_at = parse_moment(content.started_at)
    except ValidationError as error:
        raise FaultyFileError(ReasonCode.BAD_JOBS_LINE, first_problem(error)) from error
    except (ValueError, RecursionError, OverflowError) as error:
        reason = f"has a line that is not usable JSON ({error})"
        raise FaultyFileError(ReasonCode.BAD_JOBS_LINE, reason) from error
    symbol, seed = _reserved(content)
    return Job(
        strategy=content.strategy,
        param_hash=content.param_hash,
        params={key: value for key, value in content.params.items() if key not in _RESERVED},
        symbol=symbol,
        seed=seed,
        status=content.status,
        error=content.error,
        started_at=started_at,
        seconds=content.seconds,
    )


def _reserved(content: _Line) -> tuple[str | None, int | None]:
    """Return symbol and seed, which ``params`` may repeat and must not contradict."""
    symbol, seed = content.params.get("symbol"), content.params.get("seed")
    if not isinstance(symbol, str | None) or symbol not in (None, content.symbol or symbol):
        raise FaultyFileError(ReasonCode.BAD_JOBS_LINE, "has another symbol in its params")
    is_seed = isinstance(seed, int | None) and not isinstance(seed, bool)
    if not is_seed or (None not in (seed, content.seed) and seed != content.seed):
        raise FaultyFileError(ReasonCode.BAD_JOBS_LINE, "has another seed in its params")
    return symbol or content.symbol, content.seed if seed is None else int(seed)


def _check_hash(job: Job) -> None:
    full = dict(job.params)
    full |= {"symbol": job.symbol} if job.symbol is not None else {}
    full |= {"seed": job.seed} if job.seed is not None else {}
    found = param_hash(full)
    if found != job.param_hash:
        raise FaultyFileError(
            ReasonCode.PARAM_HASH_MISMATCH,
            f"has parameters whose hash is {found[:12]}… and not the line's param_hash",
        )
