"""JSON as people mean it: nothing said twice, no number that JSON does not have."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

__all__ = ["parse_strictly"]


def parse_strictly(text: str) -> Any:
    """Return what a JSON text holds.

    Raises
    ------
    json.JSONDecodeError
        When it is no JSON; the error knows line and column.
    UnicodeEncodeError
        When a text in it holds half a character.
    ValueError
        When a key stands twice in one object, or a number is infinite or none.
    RecursionError
        When it is nested too deep.

    Examples
    --------
    >>> parse_strictly('{"a": [1, 2.5]}')
    {'a': [1, 2.5]}
    """
    document = json.loads(
        text,
        object_pairs_hook=_without_duplicates,
        parse_constant=_refuse_number,
        parse_float=_parse_finite,
    )
    json.dumps(document, ensure_ascii=False).encode("utf-8")
    return document


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return members


def _refuse_number(literal: str) -> NoReturn:
    raise ValueError(f"{literal} is not a number in JSON")


def _parse_finite(literal: str) -> float:
    number = float(literal)
    if math.isinf(number):
        raise ValueError(f"the number {literal} is too large")
    return number
