"""Names and texts as SQL has them, where a statement takes no parameters."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["listed", "literal", "quoted", "spark_literal"]


def quoted(identifier: str) -> str:
    """Return a name in quotes."""
    return '"' + identifier.replace('"', '""') + '"'


def listed(identifiers: Iterable[str]) -> str:
    """Return names in quotes, with commas between them."""
    return ", ".join(quoted(identifier) for identifier in identifiers)


def literal(value: object) -> str:
    """Return a text in quotes."""
    return "'" + str(value).replace("'", "''") + "'"


def spark_literal(value: object) -> str:
    """Return a text in quotes for Spark, to which a backslash means something."""
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
