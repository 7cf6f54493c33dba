"""Figures on paper, from results whose costs are known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench.machine import Circumstances
from bench.results import PartResults
from bench.runner import Row
from bench.scaling import BEGIN, END, MISSING, PAGE, Cost, figures, line_through, update_page

WHERE = Circumstances({}, {}, "2026-01-05", "")
SIDE = {"name": "curvehouse", "units": 1, "processor_seconds": [1.0], "peak_bytes": 2e9}


def row(part: str, name: str, rows: int, seconds: float, **also: float) -> Row:
    named = {key.replace("_", " "): value for key, value in also.items()}
    side = SIDE | {"seconds": [seconds] * 3, "also": named}
    wanted: dict[str, float | None] = dict.fromkeys(("at_least", "at_most", "peak_bytes"))
    return Row(part, name, "all of it", "sums", 1, True, side, side, "", [1.0], wanted, None, rows)


def build(millions: int) -> Row:
    """A build of 10 s and 4 s more a million rows, of which publishing is 1 s and 1 s."""
    return row(
        "growth",
        f"{millions} million",
        millions * 1_000_000,
        1.0,
        regimes=2.0 * millions,
        the_whole_build=10.0 + 4.0 * millions,
        publishing=1.0 + 1.0 * millions,
        working_file_bytes=1e6 + 5e7 * millions,
        published_file_bytes=2e7 * millions,
    )


RESULTS = {
    "sweep": PartResults(WHERE, (row("sweep", "parquet files", 20_000_000, 0.5, files_bytes=2e8),)),
    "ingest": PartResults(WHERE, (row("ingest", "first load", 10_000_000, 6.0),)),
    "failures": PartResults(WHERE, (row("failures", "clusters", 0, 3.0),)),
    "growth": PartResults(WHERE, (build(1), build(5), build(50))),
}


def test_costs_are_a_line_through_two_sizes() -> None:
    assert line_through((1e6, 14.0), (5e6, 30.0)) == Cost(10.0, 4.0)
    assert line_through((1e6, 14.0), (5e6, 30.0)).at(2e6) == 18.0
    # Noise may make a step cheaper where there is more of it, or free where there is none.
    assert line_through((1e6, 9.0), (5e6, 8.0)) == Cost(9.0, 0.0)
    assert line_through((1e6, 1.0), (2e6, 4.0)).fixed == 0.0


def test_figures_follow_from_the_results() -> None:
    lines = figures(RESULTS).splitlines()
    assert {
        # 9 s and 3 s a million without publishing; 50.4 million rows, 2.52 billion, 252 billion.
        "| build | 9.00 s | 3.00 s | 50.0 MB |",
        "| build: regimes |  | 2.00 s |  |",
        "| publish | 1.00 s | 1.00 s | 20.0 MB |",
        "| sweep, Parquet |  | 25.0 ms | 10.0 MB |",
        "| ingest of CSV |  | 0.60 s |  |",
        "| daily rows | 0.05 bn | 2.52 bn | 252.00 bn |  |",
        # 11,997 million rows take 36,000 s, 7,692 million rows 1 TB of 50 and four times 20 MB.
        "| build | 2.7 minutes | 2.1 hours | 8.8 days | 4,800,000 |",
        "| working file | 2.52 GB | 126 GB | 12.6 TB | 7,900,000 |",
        "| 3 publications | 3.02 GB | 151 GB | 15.1 TB | 6,600,000 |",
        "| both, and one more while it is written | 6.55 GB | 328 GB | 32.8 TB | 3,100,000 |",
    } <= set(lines)


def test_results_that_are_missing_are_asked_for() -> None:
    for part in RESULTS:
        assert figures({name: each for name, each in RESULTS.items() if name != part}) == MISSING
    assert figures({**RESULTS, "growth": replace(RESULTS["growth"], rows=(build(1),))}) == MISSING


def test_the_page_keeps_all_but_its_figures(tmp_path: Path) -> None:
    page = tmp_path / "scaling.md"
    page.write_text(PAGE.read_text())
    update_page(RESULTS, page)
    once = page.read_text()
    update_page(RESULTS, page)
    assert page.read_text() == once
    assert figures(RESULTS) in once
    before, after = PAGE.read_text().split(BEGIN)[0], PAGE.read_text().split(END)[1]
    assert once.startswith(before)
    assert once.endswith(after)
