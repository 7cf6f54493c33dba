"""What can be exported. A module in `curvehouse.export.kinds` with a ``KIND`` adds one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module, resources
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from curvehouse.errors import UsageError

if TYPE_CHECKING:
    import duckdb

__all__ = ["Kind", "find_kind", "known_kinds", "load_schema", "schema_of"]


@dataclass(frozen=True)
class Kind:
    """One kind of artefact.

    Attributes
    ----------
    name : str
        What the command line calls it; its schema is ``schemas/<name>.schema.json``.
    check_subject : callable
        Takes the name that was asked for and returns it, or raises `UsageError` where it can't be
        part of a file's name.
    file_name : callable
        Takes that name and returns the artefact's file name.
    read : callable
        Takes a connection to the published file and the name; returns the artefact, or raises
        `UsageError` where there is nothing of that name.
    subject : str
        What it is about: ``run`` or ``portfolio``.
    """

    name: str
    check_subject: Callable[[str], str]
    file_name: Callable[[str], str]
    read: Callable[[duckdb.DuckDBPyConnection, str], dict[str, Any]]
    subject: str = "run"


def known_kinds() -> dict[str, Kind]:
    """Return all kinds by name."""
    package = import_module("curvehouse.export.kinds")
    modules = [
        import_module(f"{package.__name__}.{found.name}")
        for found in iter_modules(package.__path__)
    ]
    kinds: list[Kind] = [module.KIND for module in modules]
    return {kind.name: kind for kind in sorted(kinds, key=lambda kind: kind.name)}


def find_kind(name: str) -> Kind:
    """Return the kind of that name, or raise `UsageError`."""
    kinds = known_kinds()
    if name not in kinds:
        raise UsageError(f"there is no artefact {name!r}; choose one of {', '.join(kinds)}.")
    return kinds[name]


def schema_of(kind: Kind) -> dict[str, Any]:
    """Return the JSON Schema of a kind."""
    return load_schema(kind.name)


def load_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of that name which comes with the package."""
    file = resources.files("curvehouse.export") / "schemas" / f"{name}.schema.json"
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return schema
