"""One story that the kills interrupt: files change, are loaded, built and published."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from curvehouse.home import Home
from curvehouse.readers.probe import sha256_of
from reliability.kills import copied, run, seconds_under_lock
from reliability.wholeness import Keys, Marts, keys_of, ledger_of, published_marts
from run_folder import TRADES_HEADER, RunFolder, curve_csv

__all__ = ["Story", "tell"]

_DAYS = 400
_TRADE = "1,SPY,long,2020-01-02,2020-01-03,10,100,101,1,9\n"


@dataclass(frozen=True)
class Story:
    """Homes at each step of the story, none of them disturbed, and how long each step took.

    Attributes
    ----------
    results, bars : Path
        The files as they are after the change; one curve is faulty.
    contents : mapping of str to list of float
        The equity in each good file there ever was, by the file's SHA-256.
    before, ingested, built, after : Home
        Built and published before the change; then with the changed files loaded; built, not
        published; and published.
    """

    results: Path
    bars: Path
    contents: Mapping[str, list[float]]
    before: Home
    ingested: Home
    built: Home
    after: Home
    ingest_seconds: float
    bars_seconds: float
    build_seconds: float
    publish_seconds: float

    def check_batches(self, home: Home) -> None:
        """Fail where a run is neither as before the change nor as after it."""
        found, before, after = (ledger_of(each) for each in (home, self.before, self.ingested))
        for batch in {*found, *before}:
            assert found.get(batch) in (before.get(batch), after[batch]), batch

    @cached_property
    def keys(self) -> Keys:
        return keys_of(self.after)

    @cached_property
    def marts_before(self) -> Marts:
        return published_marts(self.before, self.keys)

    @cached_property
    def marts_after(self) -> Marts:
        return published_marts(self.after, self.keys)


def tell(folder: Path) -> Story:
    """Go through the story undisturbed."""
    files = _Files(folder / "files")
    before = Home(folder / "before" / "home")
    before.root.parent.mkdir()
    files.write_first()
    run(before, "ingest", "runs", str(files.results))
    run(before, "ingest", "bars", str(files.bars))
    run(before, "build")
    _age_publications(before)
    files.change()
    ingested = copied(before, folder / "ingested")
    ingest = seconds_under_lock(ingested, "ingest", "runs", str(files.results), codes=[1])
    bars = seconds_under_lock(ingested, "ingest", "bars", str(files.bars))
    built = copied(ingested, folder / "built")
    build = seconds_under_lock(built, "build", "--no-publish")
    after = copied(built, folder / "after")
    publish = seconds_under_lock(after, "publish")
    return Story(
        files.results,
        files.bars,
        files.contents,
        before,
        ingested,
        built,
        after,
        ingest,
        bars,
        build + publish,
        publish,
    )


class _Files:
    """Runs and bars, in a first and in a changed version."""

    def __init__(self, folder: Path) -> None:
        self.results, self.bars = folder / "results", folder / "SPY.csv"
        self.contents: dict[str, list[float]] = {}
        self._generator = np.random.default_rng(7)

    def write_first(self) -> None:
        self._alpha = RunFolder(self.results / "alpha", run_id="alpha")
        for number in range(20):
            job = self._alpha.land(self._curve(), n=number)
            self._alpha.file(job, "trades").write_text(TRADES_HEADER + _TRADE)
        self.bars.write_text(self._curve(keeps=False).replace("ts,equity", "date,close"))

    def change(self) -> None:
        """Restate some curves and the bars, and add a run, of which one curve is faulty."""
        for job in self._alpha.jobs[::3]:
            self._alpha.file(job).write_text(self._curve())
        beta = RunFolder(self.results / "beta", run_id="beta")
        for number in range(60):
            beta.land(self._curve(), n=number)
        beta.land("ts,equity\n2020-01-01,100\n2020-01-02,not a number\n", n=-1)
        self.bars.write_text(self._curve(keeps=False).replace("ts,equity", "date,close"))

    def _curve(self, *, keeps: bool = True) -> str:
        walk = 100 * np.exp(self._generator.normal(0, 0.01, _DAYS).cumsum())
        values: list[float] = walk.tolist()
        text = curve_csv(values)
        if keeps:
            self.contents[sha256_of(text.encode())] = values
        return text


def _age_publications(home: Home) -> None:
    """Give the home earlier publications, so that the next one has something to prune."""
    current = home.published_file.resolve().parent
    for day in (1, 2, 3):
        shutil.copytree(current, home.publications / f"2020010{day}T000000.000000Z")
