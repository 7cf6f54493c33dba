"""``docs/metrics.md``, made of the catalogue of metrics."""

from __future__ import annotations

import csv
import textwrap
from collections.abc import Iterator
from pathlib import Path

__all__ = ["metrics_page"]

_WIDTH = 100
_HEAD = """\
# Metrics

What `fct_backtest_metrics` has a row of for every backtest, and `dim_metrics` defines in the
published file; those marked *summary* are columns of `fct_backtest_summary` too. r is the daily
simple return, n their number, p the periods per year. A metric is NULL where there is too little to
compute it from. The page is made of `seeds/metric_definitions.csv` by `make generate`.
"""
_FAMILIES = {
    "growth": "Growth",
    "risk": "Risk",
    "drawdown": "Drawdowns",
    "ratio": "Ratios",
    "uncertainty": "Uncertainty",
    "days": "Days",
    "periods": "Months and years",
    "benchmark": "Against a benchmark",
    "trades": "Trades",
}
_BETTER = {"true": "higher is better", "false": "lower is better", "": "neither is better"}


def metrics_page(project: Path) -> str:
    """Return the page, with a section for each family and its metrics in the catalogue's order."""
    with (project / "seeds" / "metric_definitions.csv").open(newline="") as file:
        metrics = list(csv.DictReader(file))
    families = {
        family: [row for row in metrics if row["family"] == family]
        for family in dict.fromkeys(row["family"] for row in metrics)
    }
    if list(families) != list(_FAMILIES):
        raise ValueError(f"the catalogue's families are {', '.join(families)}")
    return "\n".join(_page(families))


def _page(families: dict[str, list[dict[str, str]]]) -> Iterator[str]:
    yield _HEAD
    for family, rows in families.items():
        names = ", ".join(f"[{row['metric']}](#{row['metric']})" for row in rows)
        yield _wrapped(f"- **{_FAMILIES[family]}** ({len(rows)}): {names}")
    for family, rows in families.items():
        yield f"\n## {_FAMILIES[family]}"
        for row in rows:
            yield from _metric(row)
    yield ""


def _metric(row: dict[str, str]) -> Iterator[str]:
    marks = [row["unit"], _BETTER[row["is_higher_better"]]]
    if row["is_in_summary"] == "true":
        marks.append("*summary*")
    yield f"\n### {row['metric']}\n"
    yield _wrapped(f"{row['description']} ({', '.join(marks)})")
    yield f"\n    {textwrap.fill(row['formula'], _WIDTH - 4, subsequent_indent='    ')}\n"
    yield _wrapped(f"- Convention: {row['convention']}")
    if row["peer"]:
        yield _wrapped(f"- Peer: {row['peer']}")
    if row["peer_difference"]:
        yield _wrapped(f"- {'Difference' if row['peer'] else 'Source'}: {row['peer_difference']}")


def _wrapped(text: str) -> str:
    indent = "  " if text.startswith("- ") else ""
    return textwrap.fill(
        text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
