"""Values of JSON that some tool wrote, as numbers, names and columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

__all__ = ["listed", "mapping_of", "name_of", "number_of", "rows_of", "text_column"]

_LISTED = 10


def mapping_of(value: object) -> Mapping[str, Any]:
    """Return a JSON object as it is, and anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def rows_of(value: object) -> list[Mapping[str, Any]]:
    """Return a JSON list, with an empty object where it has something else than one."""
    return [mapping_of(row) for row in value] if isinstance(value, list) else []


def number_of(value: object) -> float | None:
    """Return a finite number, also where it is written as text; None for anything else.

    >>> [number_of(value) for value in (1, "0.5", "n/a", True, None, float("inf"))]
    [1.0, 0.5, None, None, None, None]
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def name_of(value: object) -> str | None:
    """Return text that is not empty, and None for anything else."""
    return _writable(value) if isinstance(value, str) and value else None


def text_column(values: Iterable[object]) -> pa.Array:
    """Return values as text that reads back the same, or as the name of what can't be a cell.

    >>> text_column([0.1, "a", None, {}]).to_pylist()
    ['0.1', 'a', None, 'dict']
    """
    return pa.array([_text(value) for value in values], pa.string())


def listed(names: Sequence[str]) -> str:
    """Return names as they are shown in a sentence, some of them where they are many.

    >>> listed(["a", "b"])
    "'a', 'b'"
    """
    shown = ", ".join(repr(name[:80]) for name in names[:_LISTED])
    rest = len(names) - _LISTED
    return f"{shown} and {rest} more" if rest > 0 else shown


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return _writable(value)
    if isinstance(value, int | float):
        return str(value)
    return type(value).__name__


def _writable(text: str) -> str:
    """Return text without the halves of letters that JSON can hold and UTF-8 can't."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
