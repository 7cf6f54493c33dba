"""Whatever a name says, it is text: in HTML, in data for scripts, in charts and in file names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from report.conftest import HOSTILE_NAMES, Looks


@pytest.mark.parametrize("kind", ["run", "portfolio"])
def test_pages_of_hostile_names_show_them_as_text(
    hostile_site: Path, look: Looks, kind: str
) -> None:
    with look() as window:
        titles = set()
        # Half of the runs and half of the portfolios, which between them bear all names.
        files = sorted(hostile_site.glob(f"{kind}-*.html"))[kind == "run" :: 2]
        for file in files:
            page = window.open(file)
            titles.add(page.locator("h1").text_content())
            assert page.locator("main script, main b, main img").count() == 0
            assert page.locator("[data-figure] svg").count() >= 2
    assert len(titles) == len(HOSTILE_NAMES) / 2
    assert titles < set(HOSTILE_NAMES)


def test_tear_sheets_and_failures_of_hostile_names_draw(hostile_site: Path, look: Looks) -> None:
    with look() as window:
        page = window.open(min(hostile_site.glob("backtest-*.html")))
        assert page.locator("[data-figure] svg").count() == 4
        labels = page.locator("[data-figure=exposures] .role-legend-label text").all_text_contents()
        assert labels == HOSTILE_NAMES
        page = window.open(hostile_site / "failures.html")
        assert page.locator("[data-figure] svg").count() == len(HOSTILE_NAMES)
        for name in HOSTILE_NAMES:
            assert name in (page.locator("main").text_content() or "")


def test_tooltips_show_names_as_text(hostile_site: Path, look: Looks) -> None:
    with look() as window:
        page = window.open(min(hostile_site.glob("portfolio-*.html")))
        page.locator("[data-figure=contributions] .mark-rect path").first.hover()
        tip = page.locator("#vg-tooltip-element.visible")
        tip.wait_for()
        assert any(name in tip.inner_text() for name in HOSTILE_NAMES)
        assert tip.locator("img, script, b").count() == 0


def test_the_leaderboard_lists_and_filters_hostile_names(hostile_site: Path, look: Looks) -> None:
    with look() as window:
        page = window.open(hostile_site / "index.html")
        options = page.locator("select[name=strategy]").locator("option").all_text_contents()
        assert set(options) >= {"all", HOSTILE_NAMES[0], HOSTILE_NAMES[1]}
        page.locator("select[name=strategy]").select_option(label=HOSTILE_NAMES[0])
        assert page.locator("output").inner_text() == "3 of 24 shown"


def test_file_names_hold_no_text_from_names(hostile_site: Path) -> None:
    names = [file.name for file in hostile_site.iterdir()]
    assert len(names) == 24 - 4 + 2 * len(HOSTILE_NAMES) + 4
    assert all(re.fullmatch(r"[a-z0-9_.-]+", name) for name in names)


def test_pages_forbid_all_that_is_not_beside_them(hostile_site: Path) -> None:
    for file in hostile_site.glob("*.html"):
        text = file.read_text()
        assert text.count('<meta http-equiv="Content-Security-Policy"') == 1
        assert "default-src 'none'" in text
        assert "http://" not in text
        assert "https://" not in text
