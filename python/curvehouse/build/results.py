"""What a dbt build left behind for a person to read: failures and warnings, a line each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curvehouse.home import Home

__all__ = ["NodeResult", "read_results"]

_FINE = {"success", "pass", "skipped", "no-op"}


@dataclass(frozen=True)
class NodeResult:
    """A model, seed or test that did not simply succeed.

    Attributes
    ----------
    kind, name, path : str
        As ``model``, ``fct_trades``, ``models/marts/failures/fct_trades.sql``.
    is_warning : bool
        True for a test that only warns.
    message : str
        The first line that says what went wrong.
    """

    kind: str
    name: str
    path: str
    is_warning: bool
    message: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.message} ({self.path})"


def read_results(home: Home, invocation_id: str | None) -> list[NodeResult]:
    """Return what failed or warned in a dbt command, from its artefacts.

    An empty list when the command ended before it had results.
    """
    results = _read_artefact(home.target / "run_results.json", invocation_id)
    manifest = _read_artefact(home.target / "manifest.json", invocation_id)
    nodes = manifest.get("nodes", {})
    return [
        _node_result(result, nodes.get(result["unique_id"], {}))
        for result in results.get("results", [])
        if result["status"] not in _FINE
    ]


def _node_result(result: dict[str, Any], node: dict[str, Any]) -> NodeResult:
    kind, _, name, *_ = result["unique_id"].split(".")
    rows = result.get("failures")
    if kind == "test" and result["status"] in ("fail", "warn") and rows is not None:
        message = f"{rows} failing {'row' if rows == 1 else 'rows'}"
    else:
        message = _telling_line(result.get("message") or result["status"])
    return NodeResult(
        kind=kind,
        name=node.get("name", name),
        path=node.get("original_file_path", "its file"),
        is_warning=result["status"] == "warn",
        message=message,
    )


def _telling_line(message: str) -> str:
    """Return the first line below dbt's heading, which only repeats the model's name."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    if "enforced contract" in message and "| mismatch_reason" in message:
        table = [line.strip("|").split("|") for line in lines if line.startswith("|")]
        columns = ([cell.strip() or "absent" for cell in cells] for cells in table[2:])
        clauses = (f"{name} is {is_} and should be {wanted}" for name, is_, wanted, *_ in columns)
        return f"its contract is broken: {'; '.join(clauses)}"
    is_heading = len(lines) > 1 and " Error in " in lines[0]
    return lines[is_heading] if lines else "failed without a message"


def _read_artefact(path: Path, invocation_id: str | None) -> dict[str, Any]:
    try:
        artefact: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    belongs = artefact.get("metadata", {}).get("invocation_id") == invocation_id
    return artefact if belongs else {}
