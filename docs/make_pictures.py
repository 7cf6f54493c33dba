"""Take the pictures of the report that the README shows: `python docs/make_pictures.py HOME`."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from curvehouse.home import Home
from curvehouse.report import write_report

_FOLDER = Path(__file__).with_name("images")
_WIDTH = 1280
_COLOURS = 256
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

Scheme = Literal["light", "dark"]


def take(browser: Browser, page_file: Path, name: str, *, height: int, scheme: Scheme) -> None:
    """Save the top of a page as an image of few colours."""
    size = ViewportSize(width=_WIDTH, height=height)
    context = browser.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.locator("html[data-ready]").wait_for()
    if page.locator("[data-figure]").count():
        page.locator("html[data-drawn]").wait_for()
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(_FOLDER / name, optimize=True)
    context.close()


def main(home: Home) -> None:
    """Write the report of a home, and take both pictures."""
    _FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = write_report(home, Path(folder) / "report", top=1).parent
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), headless=True, args=_FLAGS
        )
        (best,) = site.glob("backtest-*.html")
        take(browser, best, "report-tear-sheet.png", height=1020, scheme="light")
        take(browser, site / "index.html", "report-leaderboard.png", height=720, scheme="dark")
        browser.close()


if __name__ == "__main__":
    main(Home.resolve(sys.argv[1] if len(sys.argv) > 1 else None))
