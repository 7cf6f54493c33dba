"""Whether what is there already will do for what is wanted."""

from __future__ import annotations

from dataclasses import dataclass

from curvehouse.home import Home
from curvehouse.publish.publication import Publication
from curvehouse.publish.rollback import put_in_force, withdrawn_since

__all__ = ["Request"]


@dataclass(frozen=True)
class Request:
    """What is in force, and what is wanted beside the content of the last build.

    Attributes
    ----------
    home : Home
        The warehouse.
    current : Publication or None
        What is in force.
    parquet : bool or None
        Whether the tables are to lie there as Parquet too; None for as before.
    keeps_rollback : bool
        Whether a rollback from the content stays.
    """

    home: Home
    current: Publication | None
    parquet: bool | None
    keeps_rollback: bool

    @property
    def has_parquet(self) -> bool:
        """Whether a new publication is to have Parquet files: as the newest has, if not said."""
        if self.parquet is None:
            return any(newest.has_parquet for newest in self.candidates()[:1])
        return self.parquet

    def candidates(self) -> list[Publication]:
        """Return the publications that may have the content already, newest first."""
        in_force = [] if self.current is None else [self.current]
        return withdrawn_since(self.home, self.current) + in_force

    def settle(self, standing: Publication | None) -> Publication | None:
        """Return the publication that has the content if it will do, put in force where wanted."""
        if standing is None:
            return None
        is_withdrawn = standing != self.current
        if is_withdrawn and self.keeps_rollback:
            return standing
        if self.parquet not in (None, standing.has_parquet):
            return None
        return put_in_force(self.home, standing) if is_withdrawn else standing
