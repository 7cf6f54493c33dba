"""Commands that are killed at any moment leave the last good state, and can simply be repeated.

A case is named after its seed, which decides who is killed and when:
``pytest -m "" -k "builds and seed7" tests/python/reliability`` repeats one.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from conftest import run_command
from curvehouse.home import DATABASE_NAME, Home
from curvehouse.lock import lock_holder
from reliability.kills import Kill, Victim, copied, kill, planned_kills, run
from reliability.story import Story
from reliability.wholeness import check_raw, ledger_of, published_marts, tables_of

SHORT = 0
SEEDS = [SHORT, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 14))]
NAMES = [f"seed{seed}" for seed in range(14)]


@pytest.mark.parametrize("seed", SEEDS, ids=NAMES)
def test_killed_ingests(story: Story, tmp_path: Path, seed: int) -> None:
    home = copied(story.before, tmp_path)
    commands = [
        (["ingest", "runs", str(story.results)], story.ingest_seconds),
        (["ingest", "bars", str(story.bars)], story.bars_seconds),
    ]
    generator = random.Random(seed)
    for chosen in planned_kills(f"ingests {seed}", 3 if seed == SHORT else 6, [Victim.ALL]):
        words, seconds = generator.choices(commands, [4, 1])[0]
        with naming(words, chosen):
            kill(home, words, chosen, seconds)
            check_ingested(story, home)
            check_way_out(home)
    if seed != SHORT:
        # Whatever the last kill left, a build is a way on from it too.
        run(copied(home, tmp_path / "built"), "build")
    run(home, *commands[0][0], code=1)
    run(home, *commands[1][0])
    assert ledger_of(home) == ledger_of(story.ingested)
    run(home, "build")
    check_finished(story, home)


@pytest.mark.parametrize("seed", SEEDS, ids=NAMES)
def test_killed_builds(story: Story, tmp_path: Path, seed: int) -> None:
    home = copied(story.ingested, tmp_path)
    for chosen in planned_kills(f"builds {seed}", 2 if seed == SHORT else 4, list(Victim)):
        with naming(["build"], chosen):
            second = partial(check_refused, story, home, chosen)
            kill(home, ["build"], chosen, story.build_seconds, second)
            check_built(story, home)
            check_way_out(home)
    run(home, "build")
    check_finished(story, home)


@pytest.mark.parametrize("seed", SEEDS, ids=NAMES)
def test_killed_publishes(story: Story, tmp_path: Path, seed: int) -> None:
    kills = planned_kills(f"publishes {seed}", 3 if seed == SHORT else 6, list(Victim))
    for number, chosen in enumerate(kills):
        home = copied(story.built, tmp_path / str(number))
        with naming(["publish"], chosen):
            kill(home, ["publish"], chosen, story.publish_seconds)
            check_built(story, home)
            run(home, "publish")
            check_finished(story, home)


@contextmanager
def naming(words: list[str], chosen: Kill) -> Iterator[None]:
    """Have a failure say what was killed when."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"killed {chosen.victim.value} of {words} after {chosen.share:.1%}")
        raise


def check_ingested(story: Story, home: Home) -> None:
    """Each run is as before the change or as after it, and readers see what they saw."""
    check_nobody_writes(home)
    check_raw(home, story.contents)
    story.check_batches(home)
    marts = published_marts(home, story.keys)
    marts.check_equal(story.marts_before)


def check_built(story: Story, home: Home) -> None:
    """What was loaded is untouched, and readers see the old marts or the new ones."""
    check_nobody_writes(home)
    check_raw(home, story.contents)
    assert ledger_of(home) == ledger_of(story.ingested)
    marts = published_marts(home, story.keys)
    assert marts.is_equal(story.marts_before) or marts.is_equal(story.marts_after)


def check_finished(story: Story, home: Home) -> None:
    """All is as if nothing had happened."""
    check_nobody_writes(home)
    check_raw(home, story.contents)
    assert tables_of(home) == tables_of(story.after)
    marts = published_marts(home, story.keys)
    marts.check_equal(story.marts_after)
    assert {path.name for path in home.working_file.parent.iterdir()} == {DATABASE_NAME}
    assert len(list(home.publications.iterdir())) == 3
    for folder in home.publications.iterdir():
        assert {path.name for path in folder.iterdir()} == {DATABASE_NAME, "publication.json"}
    assert {path.name for path in home.root.iterdir()} == {
        path.name for path in story.after.root.iterdir()
    }


def check_nobody_writes(home: Home) -> None:
    """What the dead wrote into the lock file bothers nobody."""
    assert lock_holder(home) is None
    found = json.loads(run(home, "status", "--format", "json").stdout)
    assert (found["writer"], found["is_readable"]) == (None, True)


def check_refused(story: Story, home: Home, chosen: Kill) -> None:
    """A second writer is told of the child that lives on, where there is one."""
    holder = lock_holder(home)
    if chosen.victim is Victim.COMMAND and chosen.share < 0.5:
        assert holder is not None
    words = ["ingest", "bars", str(story.bars), "--home", str(home.root)]
    done = run_command(home.root.parent, "curvehouse", *words)
    if holder is not None and lock_holder(home) is not None:
        assert done.returncode == 1
        assert f"is being written by {holder}" in done.stderr


def check_way_out(home: Home) -> None:
    """Where publish refuses, it names the build that helps."""
    words = ["curvehouse", "publish", "--home", str(home.root)]
    done = run_command(home.root.parent, *words)
    assert "Traceback" not in done.stderr, done.stderr
    if done.returncode == 0:
        return
    assert done.returncode == 1
    assert "un `curvehouse build`." in done.stderr
