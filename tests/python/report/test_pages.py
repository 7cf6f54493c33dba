"""Every page loads, draws and reads well: light and dark, wide and narrow, by keyboard too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from report.conftest import CROWD, Looks

KINDS = ["index", "run", "backtest", "portfolio", "failures"]

# The colours as they come out on the screen, and the contrast of WCAG 2 between them.
CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const seen = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((part) => part / 255).map((part) =>
      part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
    return "white";
  };
  const found = {};
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!text || element.closest("script, noscript, .chart, .later") || !element.offsetParent) {
      continue;
    }
    const pair = [getComputedStyle(element).color, behind(element)];
    const [high, low] = pair.map((colour) => light(seen(colour))).sort((a, b) => b - a);
    found[pair.join(" on ")] = (high + 0.05) / (low + 0.05);
  }
  return found;
}"""


def page_of(site: Path, kind: str) -> Path:
    return min(site.glob(f"{kind}*.html"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("width", "is_dark"), [(1280, False), (360, True)])
def test_pages_draw_without_complaint_at_any_width(
    demo_site: Path, look: Looks, kind: str, width: int, is_dark: bool
) -> None:
    with look(width=width, is_dark=is_dark) as window:
        page = window.open(page_of(demo_site, kind))
        figures = page.locator("[data-figure]")
        drawn = [
            page.locator("svg [role], svg path").count() and box["width"] > 100
            for box in (figures.nth(number).bounding_box() for number in range(figures.count()))
            if box is not None
        ]
        assert (
            len(drawn) == {"index": 0, "run": 6, "backtest": 4, "portfolio": 5, "failures": 0}[kind]
        )
        assert all(drawn)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("kind", ["run", "backtest", "portfolio"])
def test_every_chart_has_marks_of_its_data(demo_site: Path, look: Looks, kind: str) -> None:
    with look() as window:
        page = window.open(page_of(demo_site, kind))
        marks = page.evaluate(
            """() => [...document.querySelectorAll("[data-figure]")].map((element) => {
              const boxes = [...element.querySelectorAll(".role-mark path, .role-mark text")]
                .map((mark) => mark.getBBox());
              return [element.dataset.figure,
                      boxes.filter((box) => box.width + box.height > 2).length];
            })"""
        )
        assert min(count for _, count in marks) >= 1, marks
        # Not one bar of nothing for many.
        assert dict(marks).get("growth", 20) >= 20


@pytest.mark.parametrize("is_dark", [False, True])
@pytest.mark.parametrize("kind", ["backtest", "run"])
def test_all_text_stands_out_from_what_is_behind_it(
    demo_site: Path, look: Looks, kind: str, is_dark: bool
) -> None:
    with look(is_dark=is_dark) as window:
        page = window.open(page_of(demo_site, kind))
        contrasts = page.evaluate(CONTRASTS)
        assert len(contrasts) >= 3
        assert {pair: ratio for pair, ratio in contrasts.items() if ratio < 4.5} == {}


def test_charts_follow_the_colours_of_the_system_while_open(demo_site: Path, look: Looks) -> None:
    def colours(page: Any) -> Any:
        return page.evaluate(
            """() => [getComputedStyle(document.body).backgroundColor,
                      document.querySelector("[data-figure=equity] .mark-line path")
                        .getAttribute("stroke")]"""
        )

    with look() as window:
        page = window.open(page_of(demo_site, "backtest"))
        light = colours(page)
        page.emulate_media(color_scheme="dark")
        page.locator("html[data-drawn=dark]").wait_for()
        dark = colours(page)
        assert light[0] != dark[0]
        assert light[1] != dark[1]


@pytest.mark.parametrize("kind", KINDS)
def test_pages_tell_their_parts_to_a_screen_reader(demo_site: Path, look: Looks, kind: str) -> None:
    with look() as window:
        page = window.open(page_of(demo_site, kind))
        assert page.locator("h1").count() == 1
        assert page.locator("main, header, footer, nav[aria-label]").count() == 4
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        for figure in page.locator("figure").all():
            assert figure.locator("figcaption").inner_text()
            assert len(figure.locator("[role=img]").get_attribute("aria-label") or "") > 30
        for table in page.locator("table").all():
            assert table.locator("caption").text_content()
            rows, heads = table.locator("tbody tr").count(), table.locator("tbody th[scope=row]")
            assert heads.count() == rows > 0
        unlabelled = "section:not([aria-labelledby]), select:not(label *), input:not(label *)"
        assert page.locator(unlabelled).count() == 0


@pytest.mark.parametrize("kind", ["run", "backtest", "portfolio"])
def test_every_chart_and_table_says_its_sql(demo_site: Path, look: Looks, kind: str) -> None:
    with look() as window:
        page = window.open(page_of(demo_site, kind))
        for part in page.locator("section").all():
            if part.locator("figure, table").count():
                texts = part.locator("details.sql code").all_text_contents()
                assert texts
                assert all("select" in text and "$" not in text for text in texts)


def test_pages_can_be_read_without_scripts(
    demo_site: Path, crowd_site: Path, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((crowd_site / "index.html").as_uri())
    assert page.locator("#board tbody tr:visible").count() == CROWD
    page.goto(page_of(demo_site, "backtest").as_uri())
    assert "Equity: " in page.locator("figure").first.inner_text()
    context.close()
