"""What can be wrong with a file, as a code for tables and a sentence for people."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from curvehouse.errors import InvalidInputError

__all__ = ["FaultyFileError", "ReasonCode"]


class ReasonCode(StrEnum):
    """Why a file was not accepted; ``seeds/reason_codes.csv`` describes the same codes."""

    BAD_JOBS_LINE = "bad_jobs_line"
    BAD_MANIFEST = "bad_manifest"
    BAD_NUMBER = "bad_number"
    BAD_PORTFOLIO = "bad_portfolio"
    BAD_ROW = "bad_row"
    BAD_TIMESTAMP = "bad_timestamp"
    BAD_TRADE = "bad_trade"
    DUPLICATE_COLUMN = "duplicate_column"
    DUPLICATE_FILE = "duplicate_file"
    DUPLICATE_MEMBER = "duplicate_member"
    DUPLICATE_TIMESTAMP = "duplicate_timestamp"
    DUPLICATE_TRADE = "duplicate_trade"
    IMPOSSIBLE_PORTFOLIO = "impossible_portfolio"
    MANIFEST_MISMATCH = "manifest_mismatch"
    MEMBER_WITHOUT_RETURNS = "member_without_returns"
    MISSING_COLUMN = "missing_column"
    MISSING_VALUE = "missing_value"
    MIXED_CURRENCIES = "mixed_currencies"
    NON_FINITE = "non_finite"
    NON_POSITIVE_EQUITY = "non_positive_equity"
    NON_POSITIVE_PRICE = "non_positive_price"
    NO_RESULT = "no_result"
    NOT_PLANNED = "not_planned"
    OUT_OF_RANGE = "out_of_range"
    PARAM_HASH_MISMATCH = "param_hash_mismatch"
    PATH_OUTSIDE_FOLDER = "path_outside_folder"
    RESAMPLED_MEMBER = "resampled_member"
    SEVERAL_BACKTESTS = "several_backtests"
    TOO_FEW_ROWS = "too_few_rows"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    UNKNOWN_FORMAT = "unknown_format"
    UNKNOWN_MEMBER = "unknown_member"
    UNREADABLE = "unreadable"
    WRONG_ENCODING = "wrong_encoding"
    WRONG_TOOL = "wrong_tool"


class FaultyFileError(InvalidInputError):
    """One file can't be accepted.

    Parameters
    ----------
    code : ReasonCode
        The class of the fault.
    reason : str
        What is wrong and what to do, as a clause without the path and without a full stop.
    path : Path, optional
        The file; part of the message when given.
    line : int, optional
        The first faulty line of a text file (the header is line 1), or the row of a Parquet file.

    Attributes
    ----------
    sha256, byte_count : str and int, optional
        What is known of the file's bytes, where they could be read.
    """

    sha256: str | None = None
    byte_count: int | None = None

    def __init__(
        self, code: ReasonCode, reason: str, *, path: Path | None = None, line: int | None = None
    ) -> None:
        self.code = code
        self.path = path
        self.reason = reason
        self.line = line
        place = "" if path is None else f"{path}: " if line is None else f"{path}:{line}: "
        super().__init__(f"{place}{reason}.")
