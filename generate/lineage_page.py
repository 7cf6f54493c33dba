"""``docs/lineage.md``: from which columns each column of the marts is made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from generate.lineage import ColumnLineage, Place

__all__ = ["lineage_page"]

_HEAD = """\
# Column lineage

Of which columns each column of a mart is made, back to what was loaded: `raw` holds the files, row
by row. It is read out of the SQL by `make generate`: a column is made of those that its expression
names, through all steps between. Which rows there are (joins, filters, groups, windows) is not
part of it.

Two things it can't see. What a **Python model** does is hidden, so that lineage ends at its
columns, which bear its name here; the last section says what it reads. And the tables that are
kept by backtest are read as a first build computes them; a later one takes the rows that it has,
of the same columns.

dbt's own documentation (`make docs`) has the lineage of tables as a graph.
"""


def lineage_page(manifest: dict[str, Any]) -> str:
    """Return the page, with the marts by name and their columns in order."""
    return "\n".join(_page(ColumnLineage(manifest)))


def _page(lineage: ColumnLineage) -> Iterator[str]:
    yield _HEAD
    marts = {
        name: model
        for name, model in sorted(lineage.models.items())
        if model["original_file_path"].startswith("models/marts/")
    }
    for name, model in marts.items():
        yield f"## {name}\n\n| column | made of |\n|---|---|"
        for column in model["columns"]:
            yield f"| `{column}` | {_listed(lineage.origins(name, column))} |"
        yield ""
    yield "## Python models\n\n| model | reads |\n|---|---|"
    for name, model in sorted(lineage.models.items()):
        if model["language"] == "python":
            parents = sorted(node.rsplit(".", 1)[1] for node in model["depends_on"]["nodes"])
            yield f"| `{name}` | {', '.join(f'`{parent}`' for parent in parents)} |"
    yield ""


def _listed(places: set[Place]) -> str:
    columns: dict[str, list[str]] = defaultdict(list)
    for table, column in sorted(places):
        columns[table].append(column)
    listed = [f"`{table}`: {', '.join(names)}" for table, names in columns.items()]
    return "; ".join(listed) or "counted or numbered rows, or a constant"
