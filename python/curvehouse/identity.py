"""Names that never change: parameter hashes, backtest ids and run ids.

The same parameters give the same hash on any machine and in any language, because the hash is
taken of one canonical text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from urllib.parse import quote

from curvehouse.errors import UsageError

__all__ = [
    "ParameterValue",
    "backtest_id",
    "canonical_parameters",
    "check_portfolio_id",
    "check_run_id",
    "check_text",
    "param_hash",
    "sweep_run_id",
]

ParameterValue = str | int | float | bool | None

_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]*")
_RUN_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}")


def canonical_parameters(parameters: Mapping[str, ParameterValue]) -> str:
    """Return ``key=value`` pairs sorted by key, percent-encoded and joined with ``&``.

    Parameters
    ----------
    parameters : mapping of str to str, int, float, bool or None
        A job's parameters, already coerced to the types its strategy declares, with the reserved
        keys ``symbol`` and, where it applies, ``seed``.

    Examples
    --------
    >>> canonical_parameters({"symbol": "A&B=C", "x": 0.1, "y": True})
    'symbol=A%26B%3DC&x=0.1&y=true'
    """
    return "&".join(
        f"{_encode(key)}={_encode(_as_text(parameters[key]))}" for key in sorted(parameters)
    )


def param_hash(parameters: Mapping[str, ParameterValue]) -> str:
    """Return the SHA-256 of the canonical parameters as 64 hex characters."""
    return _sha256(canonical_parameters(parameters))


def backtest_id(run_id: str, strategy: str, job_param_hash: str) -> str:
    """Return the 16 hex characters that name one backtest across all runs."""
    return _sha256(f"{run_id}/{strategy}/{job_param_hash}")[:16]


def sweep_run_id(spec_sha256: str, bars_sha256: str) -> str:
    """Return the run id of a sweep that was given none: same spec and bars, same run."""
    return f"sweep-{_sha256(f'{spec_sha256}/{bars_sha256}')[:12]}"


def check_run_id(run_id: str) -> str:
    """Return ``run_id`` unchanged, or raise `UsageError` when it can't name a folder safely."""
    return _check_name("run_id", run_id)


def check_portfolio_id(portfolio_id: str) -> str:
    """Return ``portfolio_id`` unchanged, or raise `UsageError` when it can't name a file safely."""
    return _check_name("portfolio_id", portfolio_id)


def _check_name(what: str, name: str) -> str:
    if not _RUN_ID.fullmatch(name):
        raise UsageError(
            f"{what} {name!r} is not usable: give 1 to 64 letters, digits, '-', '_' or '.', "
            "with no leading dot."
        )
    return name


def check_text(option: str, text: str) -> None:
    """Raise `UsageError` when a name that was typed is no text, as bytes of Latin-1 are not."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError(f"{option} {text!r} is not UTF-8: write the name in UTF-8.") from error


def _as_text(value: ParameterValue) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    return str(value)


def _encode(text: str) -> str:
    # Nearly all names and values are of characters that stay.
    return text if _UNRESERVED.fullmatch(text) else quote(text, safe="", encoding="utf-8")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
