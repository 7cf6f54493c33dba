"""Sites to look at, and a browser to look at them with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from conftest import made_once
from curvehouse.home import Home
from curvehouse.report import write_report
from report.published_files import empty_tables, fill

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CROWD = 2_000
HOSTILE_NAMES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><!--<script>",
    "{{7*7}}${7*7}",
    "datum['x'];alert(1)//\\",
    'it\'s "so" & <b>bold</b>',
    "../../x",
    "\u202egnol\x01",
]


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium as the system has it, with a home of its own for what it writes."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no Chromium is installed here to look at the report with")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            headless=True,
            args=_FLAGS,
            env={**os.environ, "HOME": str(tmp_path_factory.mktemp("browser"))},
        )
        yield browser
        browser.close()


@dataclass
class Look:
    """A page that is open, and what happened on it that should not."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def open(self, file: Path) -> Page:
        """Open a file, and wait until its scripts have done what they do on their own."""
        self.page.goto(file.as_uri())
        self.page.locator("html[data-ready]").wait_for()
        if self.page.locator("[data-figure]").count():
            self.page.locator("html[data-drawn]").wait_for()
        return self.page


Looks = Callable[..., AbstractContextManager[Look]]


@pytest.fixture
def look(browser: Browser) -> Looks:
    """Open a page in a window of its own; at the end, nothing may have been complained about."""

    @contextmanager
    def looking(*, width: int = 1280, is_dark: bool = False) -> Iterator[Look]:
        context = browser.new_context(
            viewport=ViewportSize(width=width, height=800),
            color_scheme="dark" if is_dark else "light",
        )
        page = context.new_page()
        seen = Look(page)
        page.on("console", lambda message: seen.complaints.append(message.text))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("dialog", lambda dialog: seen.complaints.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: _note_request(seen, request.url))
        yield seen
        context.close()
        assert seen.complaints == []

    return looking


def _note_request(seen: Look, url: str) -> None:
    if not url.startswith(("file:", "data:")):
        seen.complaints.append(f"asked for {url}")


@pytest.fixture(scope="session")
def demo_site(demo_home: Home, common_folder: Path) -> Path:
    """The report of the demo, with tear sheets of the best two."""
    folder = common_folder / "demo_report"
    made_once(folder, lambda: write_and_forget(demo_home, folder / "site", top=2))
    return folder / "site"


@pytest.fixture(scope="session")
def crowd_site(demo_home: Home, common_folder: Path) -> Path:
    """A report on two thousand backtests."""
    return _made_site(common_folder / "crowd", demo_home, ["trend", "carry"], CROWD, 400)


@pytest.fixture(scope="session")
def hostile_site(demo_home: Home, common_folder: Path) -> Path:
    """A report in which every name is made to break out of where it stands."""
    return _made_site(common_folder / "hostile", demo_home, HOSTILE_NAMES, 24, 300)


def _made_site(folder: Path, like: Home, names: list[str], size: int, days: int) -> Path:
    def make() -> None:
        home = Home(folder / "home")
        with empty_tables(home, like) as connection:
            fill(connection, names, size=size, days=days)
        write_and_forget(home, folder / "site")
        shutil.rmtree(home.root)

    made_once(folder, make)
    return folder / "site"


def write_and_forget(home: Home, folder: Path, top: int | None = None) -> None:
    write_report(home, folder, top=top)
