"""Parameters of a strategy as people and tools write them."""

from __future__ import annotations

import json
import math
import re

from curvehouse.identity import ParameterValue

__all__ = ["parse_parameter"]

_INTEGER = re.compile(r"[+-]?[0-9]+")
_FLOAT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WORDS: dict[str, bool | None] = {
    **{"true": True, "false": False, "null": None},
    **{"True": True, "False": False, "None": None},
}


def parse_parameter(text: str) -> ParameterValue:
    """Return what a text means: true, false, null, a number where it looks like one, else text.

    Text in double quotes is always text.

    Raises
    ------
    ValueError
        When it is too large a number, or begins with a quote and is no JSON string.

    Examples
    --------
    >>> [parse_parameter(text) for text in ("10", "0.5", "true", '"10"', "SPY")]
    [10, 0.5, True, '10', 'SPY']
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            raise ValueError("is too large a number")
        return number
    if text.startswith('"'):
        try:
            value = json.loads(text)
        except ValueError as error:
            raise ValueError(f"is not a JSON string ({error})") from error
        return str(value)
    return text
