"""The results file: each part with its rows, and where and when they were measured."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.machine import Circumstances
from bench.runner import Row

__all__ = ["PartResults", "merge", "read_results", "write_results"]


@dataclass(frozen=True)
class PartResults:
    """The rows of one part, all from one run."""

    circumstances: Circumstances
    rows: tuple[Row, ...]


def read_results(path: Path) -> dict[str, PartResults]:
    """Return the results by part; none where there is no file."""
    if not path.exists():
        return {}
    return {
        name: PartResults(
            Circumstances(**part["circumstances"]), tuple(Row(**row) for row in part["rows"])
        )
        for name, part in json.loads(path.read_text())["parts"].items()
    }


def merge(
    known: Mapping[str, PartResults],
    found: Mapping[str, Sequence[Row]],
    circumstances: Circumstances,
    order: Sequence[str],
) -> dict[str, PartResults]:
    """Return the known results with those of the parts that have just run in their place.

    Parts that are no more are dropped.
    """
    new = {name: PartResults(circumstances, tuple(rows)) for name, rows in found.items()}
    merged = {**known, **new}
    return {name: merged[name] for name in order if name in merged}


def write_results(path: Path, results: Mapping[str, PartResults]) -> None:
    """Write the results, all or nothing."""
    parts = {name: asdict(part) for name, part in results.items()}
    unfinished = path.with_suffix(".json.part")
    unfinished.write_text(json.dumps({"parts": parts}, indent=2, ensure_ascii=False) + "\n")
    unfinished.replace(path)
