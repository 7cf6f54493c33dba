"""The sweep spec: what a user asks for, checked before anything runs."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path  # noqa: TC003  (named in public signatures that tools resolve)
from typing import Annotated, Any, Literal, NoReturn

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

__all__ = ["GridValue", "SweepSpec", "load_spec", "spec_sha256"]

GridValue = str | int | float | bool

# Seeds land in a BIGINT column.
_LARGEST_SEED = 2**63 - 1


def _check_grid_value(value: object) -> GridValue:
    if not isinstance(value, str | int | float):
        raise ValueError("a grid value is a text, a number, true or false")  # noqa: TRY004
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a grid value is a finite number")
    return value


def _check_distinct[T: (list[str], list[int])](values: T) -> T:
    twice = next((value for at, value in enumerate(values) if value in values[:at]), None)
    if twice is not None:
        raise ValueError(f"{twice!r} stands there twice; remove one")
    return values
