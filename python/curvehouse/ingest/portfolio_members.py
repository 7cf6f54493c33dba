"""What the warehouse knows of the members that a portfolio names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import duckdb

from curvehouse.home import Home
from curvehouse.ingest.portfolio_spec import PortfolioFile, Selection, StrategyEntry
from curvehouse.ingest.report import shown_path
from curvehouse.ingest.standings import standings_sql
from curvehouse.readers.faults import FaultyFileError, ReasonCode

__all__ = ["Landed", "find_members"]


class _Curve(NamedTuple):
    backtest_id: str
    run_id: str
    kind: str
    path: str


@dataclass(frozen=True)
class Landed:
    """What is in force when portfolios are loaded.

    Attributes
    ----------
    connection : DuckDBPyConnection
        The working file.
    home : Home
        Whose results folder relative paths may be meant from.
    """

    connection: duckdb.DuckDBPyConnection
    home: Home

    @cached_property
    def curves(self) -> list[_Curve]:
        """Curves and trades in force."""
        found = self.connection.execute(
            f"""
            select backtest_id, run_id, kind, active_path
            from ({standings_sql("kind in ('equity', 'trades')")})
            where active_load_id is not null and backtest_id is not null
            """
        ).fetchall()
        return [_Curve(*row) for row in found]

    @cached_property
    def with_returns(self) -> dict[str, str]:
        """The run of each backtest that has returns."""
        return {curve.backtest_id: curve.run_id for curve in self.curves}

    @cached_property
    def by_path(self) -> dict[str, list[str]]:
        """The backtests of each landed curve's path."""
        found: dict[str, list[str]] = {}
        for curve in self.curves:
            if curve.kind == "equity":
                found.setdefault(curve.path, []).append(curve.backtest_id)
        return found

    @cached_property
    def planned(self) -> set[str]:
        """The backtest ids of all jobs in force."""
        found = self.connection.execute(
            f"""
            select backtest_id from raw.jobs
            where load_id in (
                select active_load_id from ({standings_sql("kind = 'jobs'")})
            )
            """
        ).fetchall()
        return {backtest_id for (backtest_id,) in found}

    @cached_property
    def resampled_runs(self) -> set[str]:
        """Runs on resampled histories."""
        found = self.connection.execute(
            f"""
            select run_id from raw.runs
            where coalesce(resample, 'none') <> 'none' and load_id in (
                select active_load_id from ({standings_sql("kind = 'manifest'")})
            )
            """
        ).fetchall()
        return {run_id for (run_id,) in found}

    @cached_property
    def roots(self) -> list[Path]:
        """The folders of results: those that run folders lie in, and the home's own."""
        found = self.connection.execute(
            f"""
            select active_path from ({standings_sql("kind = 'manifest'")})
            where active_load_id is not null
            """
        ).fetchall()
        results = {Path(path).parent.parent for (path,) in found}
        return sorted(results | {self.home.root / "results"})


def find_members(spec: PortfolioFile, path: Path, landed: Landed) -> dict[str, str]:
    """Return the backtest of each member by its name; nothing where a rule selects them.

    Parameters
    ----------
    spec : PortfolioFile
    path : Path
        Of its file, from whose folder relative paths may be meant.
    landed : Landed

    Raises
    ------
    FaultyFileError
        When a member is unknown, has no returns or may not be one; the reason names the field.
    """
    if spec.select is not None:
        _check_candidates(spec, spec.select, path, landed)
        return {}
    return {
        member.id: _backtest_of(member, f"strategies.{number}", path, landed)
        for number, member in enumerate(spec.strategies or ())
    }


def _check_candidates(spec: PortfolioFile, select: Selection, path: Path, landed: Landed) -> None:
    count = sum(run_id == select.run_id for run_id in landed.with_returns.values())
    if not count:
        reason = f"no backtest of the run {select.run_id!r} has landed; ingest it first"
        raise _fault(ReasonCode.UNKNOWN_MEMBER, "select.run_id", reason, path)
    if select.run_id in landed.resampled_runs:
        raise _fault(ReasonCode.RESAMPLED_MEMBER, "select.run_id", _RESAMPLED, path)
    least = spec.constraints.min_strategies
    if least > count:
        reason = f"{least} is more than the {count} backtests of the run; lower it"
        raise _fault(ReasonCode.IMPOSSIBLE_PORTFOLIO, "constraints.min_strategies", reason, path)


_RESAMPLED = "is on resampled histories, which say nothing of the real days; name another"


def _backtest_of(member: StrategyEntry, field: str, path: Path, landed: Landed) -> str:
    if member.backtest_id is not None:
        field, found = f"{field}.backtest_id", member.backtest_id
    else:
        field = f"{field}.equity_path"
        found = _at_path(str(member.equity_path), field, path, landed)
    run_id = landed.with_returns.get(found)
    if run_id is None and found in landed.planned:
        reason = f"{found!r} has landed neither a curve nor trades; leave it out"
        raise _fault(ReasonCode.MEMBER_WITHOUT_RETURNS, field, reason, path)
    if run_id is None:
        reason = f"no backtest {found!r} has landed; ingest its run first, or mend the id"
        raise _fault(ReasonCode.UNKNOWN_MEMBER, field, reason, path)
    if run_id in landed.resampled_runs:
        raise _fault(ReasonCode.RESAMPLED_MEMBER, field, _RESAMPLED, path)
    return found


def _at_path(wanted: str, field: str, path: Path, landed: Landed) -> str:
    """Return the backtest whose curve landed from a path; nothing is read there."""
    if "\0" in wanted:
        raise _fault(ReasonCode.UNKNOWN_MEMBER, field, "has a null character; mend it", path)
    places = _places(wanted, path, landed)
    for place in places:
        found = landed.by_path.get(place, [])
        if len(found) > 1:
            reason = f"holds {len(found)} curves; name the member by its backtest_id"
            raise _fault(ReasonCode.UNKNOWN_MEMBER, field, reason, path)
        if found:
            return found[0]
    roots = [os.path.normpath(root) for root in landed.roots]
    if not any(os.path.commonpath([place, root]) == root for place in places for root in roots):
        reason = f"{wanted!r} is outside the results; name a curve that has landed"
        raise _fault(ReasonCode.PATH_OUTSIDE_FOLDER, field, reason, path)
    reason = f"no curve has landed from {wanted!r}; ingest its run first, or mend the path"
    raise _fault(ReasonCode.UNKNOWN_MEMBER, field, reason, path)


def _places(wanted: str, path: Path, landed: Landed) -> list[str]:
    """Return the absolute paths that may be meant: from the spec's folder, here, or the results."""
    folders = [path.absolute().parent, Path.cwd()]
    for root in landed.roots:
        folders += [root, root.parent]
    folders += [folder.resolve() for folder in folders]
    spelled = [os.path.normpath(folder / wanted) for folder in folders]
    return [shown_path(Path(place)) for place in dict.fromkeys(spelled)]


def _fault(code: ReasonCode, field: str, reason: str, path: Path) -> FaultyFileError:
    return FaultyFileError(code, f"field {field!r}: {reason}", path=path)
