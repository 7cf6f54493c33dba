"""What datasets, charts and dashboards are made of, before they become YAML."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Chart", "Dashboard", "Dataset", "Metric", "uuid_of"]

# Any fixed one: the same names get the same ids in every bundle, so that an import updates.
_NAMESPACE = uuid.UUID("6f0c5e1a-3f0b-5b6e-9a53-9d1f3f5f4c11")


def uuid_of(kind: str, name: str) -> str:
    """Return the id of a part, the same for the same kind and name."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}/{name}"))


@dataclass(frozen=True)
class Metric:
    """An aggregate of a dataset: its name, SQL, what it says, and d3's format of its values."""

    name: str
    expression: str
    description: str
    d3format: str = ".3f"


@dataclass(frozen=True)
class Dataset:
    """A mart, or a query that joins some.

    Attributes
    ----------
    name : str
        The mart's, or a name for the query.
    metrics : tuple of Metric
        What charts show of it.
    time : str, optional
        Its column of dates.
    sql : str, optional
        The query, where it is no mart.
    columns : tuple of str
        The columns of the query, as ``mart.column``; their descriptions are the mart's.
    """

    name: str
    metrics: tuple[Metric, ...]
    time: str | None = None
    sql: str | None = None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart of one dataset; ``params`` are what Superset's kind of chart asks for."""

    name: str
    dataset: str
    kind: str
    description: str
    params: dict[str, Any] = field(hash=False)
    filters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Dashboard:
    """Rows of charts with their widths, twelve to a row, and the columns to filter by."""

    title: str
    slug: str
    description: str
    rows: tuple[tuple[tuple[str, int], ...], ...]
    filters: tuple[tuple[str, str], ...]
