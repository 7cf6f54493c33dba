"""The manifest of a run folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from curvehouse.errors import UsageError
from curvehouse.identity import check_run_id
from curvehouse.ingest.session import append_rows
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.magnitudes import LARGEST, MOST_PERIODS, SMALLEST
from curvehouse.readers.probe import sha256_of
from curvehouse.readers.zones import UnknownZoneError, zone_of

__all__ = ["Manifest", "append_run", "parse_manifest", "parse_moment"]

_BIGINT = {"ge": -(2**63), "le": 2**63 - 1}


class _Content(BaseModel):
    """The keys that the warehouse knows; others are kept in the manifest's text."""

    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)

    run_id: str
    created_at: str | None = None
    strategies: list[str] | None = None
    param_grid: dict[str, Any] | None = None
    seeds: list[int] | None = None
    total_jobs: int | None = Field(default=None, ge=0, le=_BIGINT["le"])
    flags: dict[str, Any] | list[Any] | None = None
    resample: str | None = None
    starting_cash: float | None = Field(default=None, ge=SMALLEST, le=LARGEST)
    fee_bps: float | None = None
    slippage_bps: float | None = None
    periods_per_year: float | None = Field(default=None, gt=0, le=MOST_PERIODS)
    timezone: str | None = None


@dataclass(frozen=True)
class Manifest:
    """A manifest as it was read; ``zone`` is where its days are counted, None for UTC."""

    run_id: str
    content: _Content
    created_at: datetime | None
    zone: str | None
    text: str
    sha256: str
    byte_count: int


def parse_moment(text: str | None) -> datetime | None:
    """Return an ISO date or timestamp as naive UTC; one without an offset is UTC.

    Raises
    ------
    ValueError
        When it is no ISO timestamp.
    """
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def parse_manifest(data: bytes, path: Path) -> Manifest:
    """Read a manifest.

    Raises
    ------
    FaultyFileError
        With code ``bad_manifest`` when it is not JSON, lacks a usable ``run_id``, names an unknown
        time zone, or a known key has a value of another type.
    """
    try:
        text = data.decode("utf-8")
        content = _Content.model_validate(json.loads(text, parse_constant=_refuse_constant))
        check_run_id(content.run_id)
        created_at = parse_moment(content.created_at)
        zone = None if content.timezone is None else zone_of(content.timezone)
    except ValidationError as error:
        raise _fault(first_problem(error), path, data) from error
    except UsageError as error:
        raise _fault("has a run_id that can't name a folder safely", path, data) from error
    except UnknownZoneError as error:
        raise _fault(str(error), path, data) from error
    except (ValueError, RecursionError, OverflowError) as error:
        raise _fault(f"is not usable JSON ({error})", path, data) from error
    return Manifest(
        run_id=content.run_id,
        content=content,
        created_at=created_at,
        zone=zone,
        text=text,
        sha256=sha256_of(data),
        byte_count=len(data),
    )


def first_problem(error: ValidationError) -> str:
    """Return the first thing that a validation found, as a clause."""
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    key = ".".join(str(part) for part in problem["loc"][:1])
    message = problem["msg"][:1].lower() + problem["msg"][1:]
    return f"has {key!r}: {message}" if key else message


def append_run(connection: duckdb.DuckDBPyConnection, manifest: Manifest, load_id: int) -> None:
    """Append the run to ``raw.runs``."""
    content = manifest.content
    row = {
        "load_id": load_id,
        "run_id": manifest.run_id,
        "created_at": manifest.created_at,
        "strategies": _json(content.strategies),
        "param_grid": _json(content.param_grid),
        "seeds": _json(content.seeds),
        "flags": _json(content.flags),
        "resample": content.resample,
        "manifest": manifest.text,
        "total_jobs": content.total_jobs,
        "starting_cash": content.starting_cash,
        "fee_bps": content.fee_bps,
        "slippage_bps": content.slippage_bps,
    }
    numbers = {"starting_cash": pa.float64(), "fee_bps": pa.float64(), "slippage_bps": pa.float64()}
    kinds = {
        "load_id": pa.int64(),
        "created_at": pa.timestamp("us"),
        "total_jobs": pa.int64(),
        **numbers,
    }
    columns = {name: kinds.get(name, pa.string()) for name in row}
    append_rows(connection, "raw.runs", columns, [row])


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


def _fault(reason: str, path: Path, data: bytes) -> FaultyFileError:
    fault = FaultyFileError(ReasonCode.BAD_MANIFEST, reason, path=path)
    fault.sha256, fault.byte_count = sha256_of(data), len(data)
    return fault
