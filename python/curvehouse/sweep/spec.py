"""The sweep spec: what a user asks for, checked before anything runs."""

from __future__ import annotations

import hashlib
import json
import math
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    PlainValidator,
    ValidationError,
)

from curvehouse.errors import UsageError
from curvehouse.strict_json import parse_strictly

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

__all__ = ["GridValue", "SweepSpec", "load_spec", "spec_sha256"]

GridValue = str | int | float | bool

_Values = TypeVar("_Values", list[str], list[int])

# Seeds land in a BIGINT column.
_LARGEST_SEED = 2**63 - 1


def _check_grid_value(value: object) -> GridValue:
    if not isinstance(value, str | int | float):
        raise ValueError("a grid value is a text, a number, true or false")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a grid value is a finite number")
    return value


def _check_distinct(values: _Values) -> _Values:
    seen: set[str | int] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"{value!r} stands there twice; remove one")
        seen.add(value)
    return values


_Name = Annotated[str, Field(min_length=1)]
_Names = Annotated[list[_Name], Field(min_length=1), AfterValidator(_check_distinct)]
_Seed = Annotated[int, Field(ge=0, le=_LARGEST_SEED)]
_Seeds = Annotated[list[_Seed], AfterValidator(_check_distinct)]
_GridValues = Annotated[
    list[Annotated[GridValue, PlainValidator(_check_grid_value)]], Field(min_length=1)
]
_BasisPoints = Annotated[float, Field(ge=0, lt=10_000, allow_inf_nan=False)]


class SweepSpec(BaseModel):
    """What to run: strategies and symbols, a grid of parameters, seeds and trading costs.

    Attributes
    ----------
    strategies, symbols : list of str
        Each strategy runs on each symbol.
    param_grid : dict of str to list
        The values to try per parameter; a strategy takes the keys that it declares.
    run_id : str, optional
        Names the run's folder; else it is derived from the spec and the bars.
    seeds : list of int
        Multiply the strategies that draw random numbers; where histories are resampled, each
        draws one, and they multiply every strategy.
    fee_bps, slippage_bps : float
        Costs per fill in basis points of the price, below 10,000.
    starting_cash : float
        Account equity before the first bar.
    resample : {"none", "stationary_bootstrap"}
        Whether strategies run on the bars as they are, or on histories drawn from them.
    mean_block_bars : float
        Mean length of the blocks that keep their order when histories are resampled.
    flags : dict
        Kept in the manifest, without a meaning of their own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    strategies: _Names
    symbols: _Names
    param_grid: dict[str, _GridValues]
    run_id: str | None = None
    seeds: _Seeds = []
    fee_bps: _BasisPoints = 0.0
    slippage_bps: _BasisPoints = 0.0
    starting_cash: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 100_000.0
    resample: Literal["none", "stationary_bootstrap"] = "none"
    mean_block_bars: Annotated[float, Field(ge=1, allow_inf_nan=False)] = 20.0
    flags: dict[str, JsonValue] = {}

    @property
    def is_resampled(self) -> bool:
        """Whether each seed stands for a history of its own."""
        return self.resample != "none"

    def content(self) -> dict[str, Any]:
        """Return what the sweep computes, as JSON values: all but the ``run_id``."""
        unused = set() if self.is_resampled else {"mean_block_bars"}
        return self.model_dump(mode="json", exclude={"run_id"} | unused)


def load_spec(path: Path) -> SweepSpec:
    """Read a sweep spec from a JSON file.

    Raises
    ------
    UsageError
        When the file is missing, is not JSON, or is not a sweep spec; the message names the file
        and the line or the field.
    """
    document = _read_json(path)
    try:
        return SweepSpec.model_validate(document)
    except ValidationError as error:
        raise UsageError(f"sweep spec {path}: {_describe(error.errors()[0])}") from error


def spec_sha256(spec: SweepSpec) -> str:
    """Return the SHA-256 of the spec as compact JSON with sorted keys, without its ``run_id``.

    Defaults are written out, so leaving a key out and giving its default are the same spec.
    """
    text = json.dumps(spec.content(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _read_json(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"sweep spec {path} can't be read ({error.strerror}); give the path of a JSON file."
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"sweep spec {path} is not UTF-8 text; save it as UTF-8.") from error
    try:
        return parse_strictly(text)
    except json.JSONDecodeError as error:
        raise UsageError(
            f"sweep spec {path}, line {error.lineno}, column {error.colno}: "
            f"not JSON ({error.msg}); correct it there."
        ) from error
    except UnicodeEncodeError as error:
        raise UsageError(
            f"sweep spec {path}: a text holds half a character (a lone \\ud800 to \\udfff); "
            "correct it."
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"sweep spec {path}: not usable JSON ({error}); correct it.") from error


def _describe(error: ErrorDetails) -> str:
    field = ".".join(str(part) for part in error["loc"])
    known = ", ".join(SweepSpec.model_fields)
    match error["type"]:
        case "model_type":
            return "it must be a JSON object; write {...} around its keys."
        case "extra_forbidden":
            return f"unknown key '{field}'; remove it (the keys are {known})."
        case "missing":
            return f"the key '{field}' is missing; add it."
        case "value_error":
            return f"field '{field}': {error['ctx']['error']}."
        case _:
            given = json.dumps(error["input"], default=str)[:80]
            return f"field '{field}': {_as_clause(error['msg'])}, not {given}; correct it."


def _as_clause(message: str) -> str:
    return message[:1].lower() + message[1:]
