"""How files stand: which load is in force, what is in quarantine, what was taken out."""

from __future__ import annotations

from collections.abc import Collection, ItemsView
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import duckdb

from curvehouse.readers.faults import FaultyFileError

__all__ = ["Comparison", "Identity", "Standing", "Standings", "standings_sql"]


class Identity(NamedTuple):
    """What a file is about; a later file of the same identity supersedes an earlier one."""

    kind: str
    run_id: str | None = None
    strategy: str | None = None
    param_hash: str | None = None
    dataset: str | None = None


class Comparison(StrEnum):
    """What the ledger says to a file's content."""

    NEW = "new"
    UNCHANGED = "unchanged"
    RETRACTED = "retracted"


@dataclass(frozen=True)
class Standing:
    """The latest ledger row of an identity, and its load in force.

    Attributes
    ----------
    path, status, backtest_id, sha256, code, reason, line
        Of the latest row.
    is_in_force : bool
        Whether a load is in force; the ``active_`` attributes are its own.
    active_path : str or None
        Where its file was found last.
    """

    path: str
    status: str
    backtest_id: str | None
    sha256: str | None
    code: str | None
    reason: str | None
    line: int | None
    is_in_force: bool
    active_path: str | None
    active_sha256: str | None
    active_settings: str | None
    active_stamp: str | None

    @property
    def is_quarantined(self) -> bool:
        """Whether a version that was not accepted is the latest thing known."""
        return self.status == "quarantined"

    def is_of_fault(self, fault: FaultyFileError) -> bool:
        """Return whether the latest row is about just this fault."""
        was = (self.sha256, self.code, self.reason, self.line)
        return was == (fault.sha256, fault.code, fault.reason, fault.line)


def standings_sql(scope: str = "true") -> str:
    """Return the query for one row per identity that has ledger rows in ``scope``.

    Statuses mean: ``loaded`` and ``retracted`` decide what is in force, ``quarantined`` leaves
    that alone, ``cleared`` ends a quarantine, ``moved`` says where the file in force is now.

    Parameters
    ----------
    scope : str
        A condition on the columns of ``raw.files`` that takes identities whole.
    """
    return f"""
        with identities as (
            select
                kind,
                run_id,
                strategy,
                param_hash,
                dataset,
                arg_max(
                    struct_pack(
                        load_id, file_path, status, backtest_id, file_sha256, reason_code, reason,
                        line_number
                    ),
                    load_id
                ) as latest,
                arg_max(struct_pack(load_id, status, file_sha256, settings, file_stamp), load_id)
                    filter (status in ('loaded', 'retracted')) as decisive,
                arg_max(file_path, load_id) filter (status in ('loaded', 'moved')) as found_path,
                count(*) filter (status = 'loaded') as load_count
            from raw.files
            where {scope}
            group by kind, run_id, strategy, param_hash, dataset
        )

        select
            kind,
            run_id,
            strategy,
            param_hash,
            dataset,
            latest.load_id as latest_load_id,
            latest.file_path,
            latest.status,
            latest.backtest_id,
            latest.file_sha256,
            latest.reason_code,
            latest.reason,
            latest.line_number,
            load_count,
            decisive.status as decision,
            case when decision = 'loaded' then decisive.load_id end as active_load_id,
            case when decision = 'loaded' then found_path end as active_path,
            case when decision = 'loaded' then decisive.file_sha256 end as active_sha256,
            case when decision = 'loaded' then decisive.settings end as active_settings,
            case when decision = 'loaded' then decisive.file_stamp end as active_stamp
        from identities
    """


_OF_RUN = "run_id = ?"
_OF_IDENTITY = """
    kind = ?
    and run_id is not distinct from ?
    and strategy is not distinct from ?
    and param_hash is not distinct from ?
    and dataset is not distinct from ?
"""


class Standings:
    """How some identities stand before a batch.

    Parameters
    ----------
    connection : DuckDBPyConnection
        The working file.
    identity : Identity, optional
        Look at this one.
    run_id : str, optional
        Look at all of this run, too.
    only : collection of Identity, optional
        Of the run, look at no others.
    restore : bool
        Take retracted content as new.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        identity: Identity | None = None,
        *,
        run_id: str | None = None,
        only: Collection[Identity] | None = None,
        restore: bool = False,
    ) -> None:
        self._found: dict[Identity, Standing] = {}
        self._retracted: set[tuple[Identity, str, str | None]] = set()
        self._restore = restore
        self._by_path: dict[str, list[Identity]] | None = None
        if run_id is not None:
            self._read(connection, _OF_RUN, [run_id])
        if only is not None:
            self._found = {name: found for name, found in self._found.items() if name in only}
        if identity is not None:
            self._read(connection, _OF_IDENTITY, [*identity])

    def get(self, identity: Identity) -> Standing | None:
        """Return how an identity stands, or None where the ledger does not know it."""
        return self._found.get(identity)

    def items(self) -> ItemsView[Identity, Standing]:
        """Return all that was found."""
        return self._found.items()

    def compare(self, identity: Identity, sha256: str, settings: str | None = None) -> Comparison:
        """Return what the ledger says to a file with these bytes, read with these settings.

        What was retracted stays out, also after other content came in between; what was
        quarantined is new, because what it lacked may have been elsewhere.
        """
        standing = self._found.get(identity)
        if standing is None:
            return Comparison.NEW
        content = (sha256, settings)
        if standing.is_in_force and content == (standing.active_sha256, standing.active_settings):
            return Comparison.UNCHANGED
        if (identity, *content) in self._retracted and not self._restore:
            return Comparison.RETRACTED
        return Comparison.NEW

    def is_untouched(self, identity: Identity, stamp: str, settings: str | None = None) -> bool:
        """Return whether a file with this stamp is the one in force, not written to since."""
        standing = self._found.get(identity)
        if standing is None:
            return False
        return (standing.active_stamp, standing.active_settings) == (stamp, settings)

    def untouched_parts(
        self, path: str, stamp: str, settings: str | None = None
    ) -> dict[Identity, Comparison]:
        """Return how the parts of a file stand, where it was not written to since they landed.

        None of them where it was, or where a look into it may bring something new.
        """
        if self._by_path is None:
            self._by_path = {}
            for identity, standing in self._found.items():
                for known in {standing.path, standing.active_path} - {None}:
                    self._by_path.setdefault(str(known), []).append(identity)
        parts, is_known = {}, False
        for identity in self._by_path.get(path, []):
            if self.is_untouched(identity, stamp, settings):
                parts[identity], is_known = Comparison.UNCHANGED, True
            elif self._found[identity].status == "retracted" and not self._restore:
                parts[identity] = Comparison.RETRACTED
            else:
                return {}
        return parts if is_known else {}

    def is_retracted_fault(self, identity: Identity, fault: FaultyFileError) -> bool:
        """Return whether a file was taken out of quarantine with just this fault."""
        standing = self._found.get(identity)
        if standing is None or self._restore:
            return False
        return standing.status == "retracted" and standing.is_of_fault(fault)

    def _read(
        self, connection: duckdb.DuckDBPyConnection, scope: str, parameters: list[Any]
    ) -> None:
        standings = connection.execute(
            f"""
            select
                kind, run_id, strategy, param_hash, dataset,
                file_path, status, backtest_id, file_sha256, reason_code, reason, line_number,
                active_load_id is not null, active_path, active_sha256, active_settings,
                active_stamp
            from ({standings_sql(scope)})
            """,
            parameters,
        ).fetchall()
        self._found |= {Identity(*row[:5]): Standing(*row[5:]) for row in standings}
        retracted = connection.execute(
            f"""
            select kind, run_id, strategy, param_hash, dataset, file_sha256, settings
            from raw.files
            where status in ('loaded', 'retracted') and file_sha256 is not null and {scope}
            group by all
            having arg_max(status, load_id) = 'retracted'
            """,
            parameters,
        ).fetchall()
        self._retracted |= {(Identity(*row[:5]), row[5], row[6]) for row in retracted}
