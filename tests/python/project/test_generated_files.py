"""What is made of the tables' definitions is what `make generate` makes of them."""

from __future__ import annotations

import csv

from conftest import PROJECT_DIR, Manifest
from generate.files import generated_files


def test_generated_files_are_as_they_would_be_made_now(manifest: Manifest) -> None:
    wanted = generated_files(PROJECT_DIR, {"nodes": manifest.nodes})
    stale = [
        name
        for name, text in wanted.items()
        if not (PROJECT_DIR / name).is_file() or (PROJECT_DIR / name).read_text() != text
    ]
    bundle = PROJECT_DIR / "bi" / "superset"
    there = {str(path.relative_to(PROJECT_DIR)) for path in bundle.rglob("*") if path.is_file()}
    stale += sorted(there - wanted.keys())
    assert not stale, f"run `make generate`: {', '.join(stale)}"


def test_the_page_of_metrics_has_all_of_them() -> None:
    page = (PROJECT_DIR / "docs" / "metrics.md").read_text()
    with (PROJECT_DIR / "seeds" / "metric_definitions.csv").open(newline="") as file:
        metrics = [row["metric"] for row in csv.DictReader(file)]
    assert all(page.count(f"### {metric}\n") == 1 for metric in metrics)
    assert all(page.count(f"[{metric}](#{metric})") == 1 for metric in metrics)
