"""What is made of the tables' definitions is what `make generate` makes of them."""

from __future__ import annotations

import csv

from conftest import PROJECT_DIR
from generate.metrics_page import metrics_page

REMEDY = "run `make generate`"


def test_the_page_of_metrics_is_that_of_the_catalogue() -> None:
    page = (PROJECT_DIR / "docs" / "metrics.md").read_text()
    assert page == metrics_page(PROJECT_DIR), REMEDY
    with (PROJECT_DIR / "seeds" / "metric_definitions.csv").open(newline="") as file:
        metrics = [row["metric"] for row in csv.DictReader(file)]
    assert all(page.count(f"### {metric}\n") == 1 for metric in metrics)
    assert all(page.count(f"[{metric}](#{metric})") == 1 for metric in metrics)
