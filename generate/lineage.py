"""From which columns a column is made, read out of the SQL that the models compile to.

A column is made of those that its expression names, through all common table expressions and
models down to the raw tables, the seeds, or a Python model, whose insides nobody can see from
outside. What only chooses, groups or orders rows (joins, filters, windows) is not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

__all__ = ["ColumnLineage", "Place"]

# A table and a column of it.
Place = tuple[str, str]
_Outputs = dict[str, set[Place]]


@dataclass(frozen=True)
class ColumnLineage:
    """The lineage of all columns of a project.

    Parameters
    ----------
    manifest : dict
        dbt's manifest, with compiled models.
    """

    manifest: dict[str, Any]

    @cached_property
    def models(self) -> dict[str, dict[str, Any]]:
        """Models by name, each after those that it reads."""
        nodes = {
            key: node
            for key, node in self.manifest["nodes"].items()
            if node["resource_type"] == "model"
        }
        ordered: dict[str, dict[str, Any]] = {}

        def add(key: str) -> None:
            if key in nodes and nodes[key]["name"] not in ordered:
                for parent in nodes[key]["depends_on"]["nodes"]:
                    add(parent)
                ordered[nodes[key]["name"]] = nodes[key]

        for key in sorted(nodes):
            add(key)
        return ordered

    @cached_property
    def steps(self) -> dict[str, _Outputs]:
        """Of each SQL model, the columns and what they are made of one model before."""
        steps: dict[str, _Outputs] = {}
        for name, model in self.models.items():
            if model["language"] == "sql":
                steps[name] = _outputs_of(model["compiled_code"], steps)
        return steps

    def origins(self, model: str, column: str) -> set[Place]:
        """Return the columns of raw tables, seeds and Python models that a column is made of."""
        return self._expanded((model, column), set())

    def _expanded(self, place: Place, seen: set[Place]) -> set[Place]:
        model, column = place
        if model not in self.steps:
            return {place}
        if place in seen:
            return set()
        seen.add(place)
        return set().union(
            *(self._expanded(before, seen) for before in self.steps[model].get(column, ()))
        )


def _outputs_of(sql: str, known: dict[str, _Outputs]) -> _Outputs:
    """Return what each column of a query is made of, in tables that it reads."""
    outputs: dict[int, _Outputs] = {}
    last: _Outputs = {}
    for scope in traverse_scope(sqlglot.parse_one(sql, read="duckdb")):
        last = outputs[id(scope)] = _outputs_of_scope(scope, outputs, known)
    return last


def _outputs_of_scope(
    scope: Scope, outputs: dict[int, _Outputs], known: dict[str, _Outputs]
) -> _Outputs:
    if scope.set_operation_scopes:
        parts = [outputs[id(part)] for part in scope.set_operation_scopes]
        # A union takes its columns by their place, and their names from its first part.
        rows = zip(*(part.values() for part in parts), strict=True)
        return {name: set().union(*row) for name, row in zip(parts[0], rows, strict=True)}
    if not isinstance(scope.expression, exp.Select):
        # A function in the FROM, such as unnest: its rows come from nowhere else.
        return {}
    sources = {
        alias: _columns_of(source, outputs, known)
        for alias, (_, source) in scope.selected_sources.items()
    }
    found: _Outputs = {}
    for selected in scope.expression.selects:
        if isinstance(selected, exp.Star):
            for source in sources.values():
                found.update(dict(source.listed()))
        else:
            columns = [_resolved(column, sources) for column in _values_in(selected)]
            found[selected.alias_or_name] = set().union(*columns)
    return found


@dataclass(frozen=True)
class _Source:
    """A relation in a FROM: what its columns are made of, or its name where nobody knows them."""

    table: str | None
    outputs: _Outputs | None

    def listed(self) -> Iterable[tuple[str, set[Place]]]:
        if self.outputs is None:
            raise ValueError(f"the columns of {self.table} are not known")
        if self.table is None:
            return self.outputs.items()
        return [(column, {(self.table, column)}) for column in self.outputs]

    def get(self, column: str) -> set[Place] | None:
        if self.outputs is not None and column not in self.outputs:
            return None
        if self.table is not None:
            return {(self.table, column)}
        return self.outputs[column] if self.outputs is not None else set()


def _columns_of(source: Any, outputs: dict[int, _Outputs], known: dict[str, _Outputs]) -> _Source:
    if isinstance(source, exp.Table):
        name = source.name if source.db != "raw" else f"raw.{source.name}"
        return _Source(name, known.get(name))
    return _Source(None, outputs.get(id(source), {}))


def _values_in(selected: exp.Expr) -> Iterator[exp.Column]:
    """Yield the columns that make a value, not those that order or part the rows of a window."""
    for column in selected.find_all(exp.Column):
        if not _is_of_window(column, selected):
            yield column


def _is_of_window(node: exp.Expr, selected: exp.Expr) -> bool:
    while node is not selected and node.parent is not None:
        if isinstance(node.parent, exp.Window) and node.arg_key in ("partition_by", "order"):
            return True
        node = node.parent
    return False


def _resolved(column: exp.Column, sources: dict[str, _Source]) -> set[Place]:
    name = column.name
    if column.table in sources:
        wanted = [sources[column.table]]
    else:
        # No qualifier, or the field of a struct, which looks like one.
        name = column.table or name
        wanted = list(sources.values())
    for source in wanted:
        places = source.get(name)
        if places is not None:
            return places
    raise ValueError(f"nothing in the FROM has the column {column.sql()}")
