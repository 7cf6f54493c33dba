"""The figures of docs/scaling.md: what each step costs by rows, and what more rows would need."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.results import PartResults
from bench.runner import Row
from bench.tables import shown_bytes, shown_seconds

__all__ = ["Cost", "figures", "line_through", "update_page"]

PAGE = Path(__file__).parents[1] / "docs" / "scaling.md"
BEGIN, END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"
MISSING = "`make bench ONLY=sweep,ingest,failures,growth` writes these figures."

MILLION, DAYS = 1e6, 2_520
SIZES = (20_000, 1_000_000, 100_000_000)
PUBLICATIONS = 3
# What a machine is asked for at most: a night, and a disk.
MOST_SECONDS, MOST_BYTES = 36_000, 1e12
# What a build reports besides its topics.
_TOTALS = ("the whole build", "publishing", "other models and tests")


@dataclass(frozen=True)
class Cost:
    """What a step costs at any number of rows, on a straight line: seconds or bytes."""

    fixed: float
    per_million: float

    def at(self, rows: float) -> float:
        """Return the cost of so many rows."""
        return self.fixed + self.per_million * rows / MILLION

    def rows_at(self, cost: float) -> float:
        """Return how many rows cost so much."""
        return (cost - self.fixed) / self.per_million * MILLION if self.per_million else math.inf


def line_through(small: tuple[float, float], large: tuple[float, float]) -> Cost:
    """Return the line through two sizes, each rows and cost; it never falls, nor starts below 0."""
    (few, little), (many, much) = small, large
    slope = max((much - little) / (many - few), 0.0)
    return Cost(max(little - slope * few, 0.0), slope * MILLION)


def update_page(results: Mapping[str, PartResults], page: Path = PAGE) -> None:
    """Write the figures into the page, between their marks."""
    text = page.read_text()
    before, rest = text.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    page.write_text(f"{before}{BEGIN}\n\n{figures(results)}\n\n{END}{after}")


def figures(results: Mapping[str, PartResults]) -> str:
    """Return both tables, or what to run where results are missing."""
    rows = {(row.part, row.name): row for part in results.values() for row in part.rows}
    grown = [row for row in rows.values() if row.part == "growth" and row.daily_rows]
    wanted = [rows.get(("sweep", "parquet files")), rows.get(("ingest", "first load"))]
    trades = rows.get(("failures", "clusters"))
    if len(grown) < 2 or trades is None or any(row is None for row in wanted):
        return MISSING
    smaller, larger = sorted(grown, key=lambda row: row.daily_rows)[-2:]
    costs = _costs(rows, smaller, larger)
    lines = [*_cost_table(costs), "", *_size_table(costs), ""]
    lines.append(
        f"Memory at its peak: {_peak(smaller)} for a build of {smaller.daily_rows / MILLION:.1f} "
        f"million daily rows, {_peak(larger)} for {larger.daily_rows / MILLION:.1f} million; "
        f"{_peak(trades)} for the patterns of {trades.what.split(' from ', maxsplit=1)[0]}."
    )
    return "\n".join(lines)


def _costs(
    rows: Mapping[tuple[str, str], Row], smaller: Row, larger: Row
) -> dict[str, dict[str, Cost]]:
    """Return the costs by step: ``seconds`` and ``bytes`` on disk."""
    found: dict[str, dict[str, Cost]] = {}
    for step, key, size in (
        ("sweep, Parquet", ("sweep", "parquet files"), "files bytes"),
        ("sweep, CSV", ("sweep", "csv files"), "files bytes"),
        ("ingest of CSV", ("ingest", "first load"), ""),
    ):
        if key in rows:
            found[step] = {"seconds": _by_row(rows[key], median(rows[key].ours["seconds"]))}
            if size:
                found[step]["bytes"] = _by_row(rows[key], rows[key].ours["also"][size])

    def line(name: str) -> Cost:
        return line_through(
            (smaller.daily_rows, smaller.ours["also"].get(name, 0.0)),
            (larger.daily_rows, larger.ours["also"].get(name, 0.0)),
        )

    whole, publishing = line("the whole build"), line("publishing")
    found["build"] = {
        "seconds": Cost(
            max(whole.fixed - publishing.fixed, 0.0),
            max(whole.per_million - publishing.per_million, 0.0),
        ),
        "bytes": line("working file bytes"),
    }
    topics = [name for name in larger.ours["also"] if name not in _TOTALS and "bytes" not in name]
    found |= {f"build: {name}": {"seconds": line(name)} for name in topics}
    found["publish"] = {"seconds": publishing, "bytes": line("published file bytes")}
    return found


def _by_row(row: Row, cost: float) -> Cost:
    return Cost(0.0, cost * MILLION / row.daily_rows)


def _cost_table(costs: Mapping[str, Mapping[str, Cost]]) -> Iterator[str]:
    yield "| step | seconds at any size | seconds per million daily rows | on disk per million |"
    yield "|---|---:|---:|---:|"
    for step, cost in costs.items():
        seconds, size = cost["seconds"], cost.get("bytes")
        fixed = shown_seconds(seconds.fixed) if seconds.fixed else ""
        disk = shown_bytes(size.per_million) if size else ""
        yield f"| {step} | {fixed} | {shown_seconds(seconds.per_million)} | {disk} |"


def _size_table(costs: Mapping[str, Mapping[str, Cost]]) -> Iterator[str]:
    heads = [*(f"{size:,} curves" for size in SIZES), "10 hours or 1 TB: curves"]
    yield _cells("", heads)
    yield "|---|" + "---:|" * len(heads)
    yield _cells("daily rows", [*(f"{size * DAYS / 1e9:,.2f} bn" for size in SIZES), ""])
    for step in ("sweep, Parquet", "ingest of CSV", "build", "publish"):
        if step in costs:
            cost = costs[step]["seconds"]
            times = [_duration(cost.at(size * DAYS)) for size in SIZES]
            yield _cells(step, [*times, _curves(cost.rows_at(MOST_SECONDS))])
    disk = {
        "files of a sweep, Parquet": {"sweep, Parquet": 1},
        "working file": {"build": 1},
        f"{PUBLICATIONS} publications": {"publish": PUBLICATIONS},
        "both, and one more while it is written": {"build": 1, "publish": PUBLICATIONS + 1},
    }
    for name, parts in disk.items():
        if parts.keys() <= costs.keys():
            cost = Cost(
                sum(costs[step]["bytes"].fixed * count for step, count in parts.items()),
                sum(costs[step]["bytes"].per_million * count for step, count in parts.items()),
            )
            sizes = [shown_bytes(cost.at(size * DAYS)) for size in SIZES]
            yield _cells(name, [*sizes, _curves(cost.rows_at(MOST_BYTES))])


def _cells(name: str, values: list[str]) -> str:
    return f"| {name} | {' | '.join(values)} |"


def _curves(rows: float) -> str:
    """Return how many curves have so many rows, in two digits that count."""
    return f"{float(f'{rows / DAYS:.2g}'):,.0f}" if math.isfinite(rows) else ""


def _duration(seconds: float) -> str:
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.1f} {unit}"
    return shown_seconds(seconds)


def _peak(row: Row) -> str:
    return shown_bytes(row.ours["peak_bytes"])
