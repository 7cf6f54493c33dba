from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from conftest import PROJECT_DIR, RunCli
from curvehouse.database import open_working_file
from curvehouse.home import Home
from curvehouse.ingest.summary import (
    BatchCounts,
    FileCounts,
    LedgerSummary,
    ReasonCount,
    RowsPutRight,
)
from curvehouse.lock import writer_lock
from curvehouse.publish.writer import write_publication
from curvehouse.status import read_status
from warehouses import add_build, load_file, make_built_home

EARLY, LATE = datetime(2026, 1, 5, 9), datetime(2026, 1, 5, 11)


@pytest.fixture
def built(home: Home) -> Home:
    return make_built_home(home)


def test_a_missing_home_has_nothing_and_says_how_to_begin(home: Home) -> None:
    status = read_status(home)
    assert (status.working, status.published, status.writer) == (None, None, None)
    assert "curvehouse demo" in str(status.hint)
    assert not home.root.exists()


def test_files_are_counted_by_their_standing(built: Home) -> None:
    one = {"run_id": "r", "strategy": "s", "param_hash": "1", "backtest_id": "b1"}
    two = {"run_id": "r", "strategy": "s", "param_hash": "2", "backtest_id": "b2"}
    refused = {"status": "quarantined", "reason_code": "bad_number"}
    rows: list[dict[str, Any]] = [
        # Loaded twice: the later load stands for both.
        {**one, "load_id": 1, "duplicate_row_count": 5, "reordered_row_count": 0},
        {**one, "load_id": 2, "duplicate_row_count": 0, "reordered_row_count": 2},
        # Loaded, then a faulty version: the load stays in force beside the quarantine.
        {**two, "load_id": 3, "duplicate_row_count": 1, "reordered_row_count": 0},
        {**two, "load_id": 4, **refused},
        # Quarantined, then mended; quarantined, then gone; loaded, then retracted.
        {"kind": "bars", "dataset": "SPY", "load_id": 5, **refused},
        {"kind": "bars", "dataset": "SPY", "load_id": 6},
        {"kind": "factors", "dataset": "a", "load_id": 7, **refused},
        {"kind": "factors", "dataset": "a", "load_id": 8, "status": "cleared"},
        {"kind": "trades", "run_id": "x", "backtest_id": "b3", "load_id": 9},
        {"kind": "trades", "run_id": "x", "load_id": 10, "status": "retracted"},
        {"kind": "manifest", "dataset": "/y", "load_id": 11, **refused},
    ]
    for row in rows:
        load_file(built, EARLY, **row)
    load_file(built, LATE, "jobs", load_id=12, run_id="r", status="quarantined", reason_code="a")
    working = read_status(built).working
    assert working is not None
    ledger = working.ledger
    assert ledger.files == (
        FileCounts("bars", in_force=1, superseded=0, retracted=0, quarantined=0),
        FileCounts("equity", in_force=2, superseded=1, retracted=0, quarantined=1),
        FileCounts("jobs", in_force=0, superseded=0, retracted=0, quarantined=1),
        FileCounts("manifest", in_force=0, superseded=0, retracted=0, quarantined=1),
        FileCounts("trades", in_force=0, superseded=0, retracted=1, quarantined=0),
    )
    assert ledger.reasons == (ReasonCount("bad_number", 2), ReasonCount("a", 1))
    assert ledger.put_right == RowsPutRight(2, 1, 2)
    assert (ledger.run_count, ledger.backtest_count) == (1, 2)
    assert ledger.batches == (
        BatchCounts(LATE, "r", loaded=0, quarantined=1, retracted=0),
        BatchCounts(EARLY, "/y", loaded=0, quarantined=1, retracted=0),
        BatchCounts(EARLY, "x", loaded=1, quarantined=0, retracted=1),
        BatchCounts(EARLY, "a", loaded=0, quarantined=1, retracted=0),
        BatchCounts(EARLY, "SPY", loaded=1, quarantined=1, retracted=0),
    )
    assert working.last_loaded_at == LATE


def test_tables_of_an_older_version_are_not_read_and_brought_up_to_date(built: Home) -> None:
    load_file(built, EARLY)
    with open_working_file(built) as connection:
        connection.execute("alter table raw.files drop column duplicate_row_count")
        connection.execute("update raw.schema_version set version = 1")
    found = read_status(built)
    assert found.working is not None
    assert (found.working.is_older, found.working.ledger) == (True, LedgerSummary())
    assert found.working.last_loaded_at == EARLY
    assert found.hint == (
        "An older Curvehouse loaded the files: `curvehouse build` brings them up to date."
    )


def test_a_file_without_tables_has_nothing_loaded(home: Home) -> None:
    home.working_file.parent.mkdir(parents=True)
    duckdb.connect(str(home.working_file)).close()
    working = read_status(home).working
    assert working is not None
    assert working.ledger == LedgerSummary()


def test_each_state_has_its_next_step(built: Home) -> None:
    assert "Nothing is loaded" in str(read_status(built).hint)
    load_file(built, EARLY)
    assert "`curvehouse publish`" in str(read_status(built).hint)
    write_publication(built, PROJECT_DIR)
    assert read_status(built).hint is None
    load_file(built, LATE)
    assert "loaded after the last build" in str(read_status(built).hint)
    now = datetime.now(UTC).replace(tzinfo=None)
    add_build(built, "second", finished_at=now, error_count=1)
    assert "no clean build" in str(read_status(built).hint)
    add_build(built, "third", finished_at=now)
    assert "`curvehouse publish`" in str(read_status(built).hint)
    # The content is the same, so there is no new file, and yet it is up to date.
    assert write_publication(built, PROJECT_DIR)[1] is False
    assert read_status(built).hint is None


def test_what_was_built_elsewhere_wants_no_build_here(built: Home, run_cli: RunCli) -> None:
    load_file(built, EARLY)
    write_publication(built, PROJECT_DIR)
    with open_working_file(built) as connection:
        connection.execute("delete from operations.builds")
    shown = run_cli("status").stdout
    assert "built       nothing here" in shown
    assert "\nnext" not in shown
    load_file(built, LATE)
    assert "`curvehouse build`" in str(read_status(built).hint)


def test_a_home_for_readers_asks_for_nothing(built: Home) -> None:
    write_publication(built, PROJECT_DIR)
    built.working_file.unlink()
    assert read_status(built).hint is None


def test_loaded_but_not_built_asks_for_a_build(home: Home) -> None:
    load_file(home, EARLY)
    assert "`curvehouse build`" in str(read_status(home).hint)


def test_what_is_published_is_described(built: Home) -> None:
    publication, _ = write_publication(built, PROJECT_DIR)
    published = read_status(built).published
    assert published is not None
    assert published.publication_id == publication.publication_id
    assert published.published_at == publication.published_at
    assert published.row_counts == {"dim_x": 3, 'Odd "mart"': 2}
    assert published.byte_count == built.published_file.stat().st_size > 0
    assert published.built_at == datetime(2026, 1, 5, 10)


def test_a_writer_is_named_and_nothing_is_asked_of_the_user(built: Home) -> None:
    with writer_lock(built, "curvehouse build"):
        status = read_status(built)
    assert "`curvehouse build`" in str(status.writer)
    assert status.hint is None
