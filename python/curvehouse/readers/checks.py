"""Finding the first fault of each file among parsed rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.probe import FileProbe

__all__ = ["Check", "first_faults"]


@dataclass(frozen=True)
class Check:
    """A condition that marks a row as faulty.

    Attributes
    ----------
    condition : str
        SQL over the columns of the parsed rows; written here, never taken from a file.
    code : ReasonCode
        What it means.
    reason : str
        The clause for people; ``{}`` stands for the value of ``shown``.
    shown : str
        SQL of the value that the reason shows.
    """

    condition: str
    code: ReasonCode
    reason: str
    shown: str = "null"


def first_faults(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    checks: Sequence[Check],
    probes: Sequence[FileProbe],
) -> dict[int, FaultyFileError]:
    """Return, by file number, the first faulty line; within a line, the first check it fails.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Where the rows are.
    rows : str
        A table or subquery with ``file_number, line_number`` and what the checks read.
    checks : sequence of Check
        In order of precedence.
    probes : sequence of FileProbe
        The files, by file number.
    """
    failed = " ".join(f"when {check.condition} then {n}" for n, check in enumerate(checks))
    shown = " ".join(
        f"when {n} then left(({check.shown})::varchar, 80)" for n, check in enumerate(checks)
    )
    found = connection.execute(
        f"""
        with judged as (
            select *, case {failed} end as failed_check
            from {rows}
        )
        select file_number, line_number, failed_check, case failed_check {shown} end
        from judged
        where failed_check is not null
        qualify row_number() over (partition by file_number order by line_number, failed_check) = 1
        """
    ).fetchall()
    return {
        file_number: _fault(checks[number], value, probes[file_number], line)
        for file_number, line, number, value in found
    }


def _fault(check: Check, value: str | None, probe: FileProbe, line: int) -> FaultyFileError:
    reason = check.reason.format("nothing" if value is None else repr(value))
    return FaultyFileError(check.code, reason, path=probe.path, line=line)
