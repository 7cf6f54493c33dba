"""Publishing the marts of a built working file; in this process, for speed, but for a few."""

from __future__ import annotations

import json
import resource
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conftest import PROJECT_DIR
from curvehouse.database import open_working_file
from curvehouse.errors import BusyError, PublishError
from curvehouse.home import Home
from curvehouse.lock import writer_lock
from curvehouse.publish import PublishResult
from curvehouse.publish import publish as publish_in_own_process
from curvehouse.publish.folders import new_publication_id
from curvehouse.publish.writer import write_publication
from warehouses import add_build, load_file, make_built_home, reading, rebuild, rows


def publish(home: Home) -> PublishResult:
    publication, is_new = write_publication(home, PROJECT_DIR)
    return PublishResult(
        path=home.published_file,
        publication_id=publication.publication_id,
        is_new=is_new,
        row_counts=publication.row_counts,
        built_at=publication.finished_at,
        has_parquet=publication.has_parquet,
        in_force_id=publication.publication_id,
        former_id=None,
    )


@pytest.fixture
def built(home: Home) -> Home:
    return make_built_home(home)


def test_the_file_has_the_marts_and_nothing_else(built: Home) -> None:
    result = publish(built)
    assert result.is_new
    assert result.path == built.published_file
    assert result.row_counts == {"dim_x": 3, 'Odd "mart"': 2}
    assert rows(
        built,
        "select table_catalog, table_schema, table_name "
        "from information_schema.tables order by table_name",
    ) == [
        ("curvehouse", "main", 'Odd "mart"'),
        ("curvehouse", "main", "dim_x"),
        ("curvehouse", "main", "meta_publication"),
        ("curvehouse", "main", "meta_tables"),
    ]


_ASKING = """
import sys
from curvehouse.publish import writer

def asking(connection):
    print(connection.execute("select current_setting('enable_progress_bar')").fetchone())
    return read_state(connection)

read_state, writer.read_state = writer.read_state, asking
sys.exit(writer.main(sys.argv[1:]))
"""


def test_large_marts_draw_no_progress_bar_among_the_outcome(built: Home) -> None:
    # A script from the command line counts as a prompt with DuckDB, as the writer itself does.
    command = [sys.executable, "-c", _ASKING, str(built.root), str(PROJECT_DIR)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == "(False,)"


def test_rows_lie_in_the_order_of_the_key(built: Home) -> None:
    publish(built)
    assert rows(built, "select load_id from dim_x") == [(1,), (2,), (3,)]
    assert rows(built, 'from "Odd ""mart"""') == [("a", 2), ("b", 1)]


def test_constraints_and_comments_go_along(built: Home) -> None:
    publish(built)
    kinds = "select constraint_type from duckdb_constraints() where table_name = 'dim_x'"
    assert sorted(rows(built, kinds)) == [("CHECK",), ("NOT NULL",)]
    assert rows(built, "select comment from duckdb_tables() where table_name = 'dim_x'") == [
        ("One row per x. It's small.",)
    ]
    commented = (
        "select column_name, comment from duckdb_columns() "
        "where comment is not null and table_name not like 'meta%'"
    )
    assert rows(built, commented) == [("name", "What x is called.")]


def test_the_file_is_sealed_and_the_link_is_relative(built: Home) -> None:
    result = publish(built)
    link = built.published_file
    assert link.is_symlink()
    assert link.readlink() == Path("current") / "curvehouse.duckdb"
    assert built.current.readlink() == Path("publications") / result.publication_id
    assert stat.S_IMODE(link.stat().st_mode) == 0o444
    folder = built.publications / result.publication_id
    assert {path.name for path in folder.iterdir()} == {"curvehouse.duckdb", "publication.json"}
    assert {path.name for path in built.publications.iterdir()} == {result.publication_id}
    storage = (
        "select tags['storage_version'] from duckdb_databases() where database_name = 'curvehouse'"
    )
    assert rows(built, storage)[0][0].startswith("v1.0.0")


def test_the_home_can_be_moved(built: Home, tmp_path: Path) -> None:
    publish(built)
    moved = Home(built.root.rename(tmp_path / "moved"))
    assert rows(moved, "select count(*) from dim_x") == [(3,)]


def test_the_same_build_is_published_once(built: Home) -> None:
    first, second = publish(built), publish(built)
    assert not second.is_new
    assert second.publication_id == first.publication_id


def test_another_build_with_the_same_content_is_no_new_publication(built: Home) -> None:
    first = publish(built)
    reordered = "create or replace table dim_x2 as from dim_x; "
    rewritten = "delete from dim_x; insert into dim_x select * from dim_x2 order by load_id desc"
    rebuild(built, reordered + rewritten, "second")
    second = publish(built)
    assert not second.is_new
    assert second.publication_id == first.publication_id
    assert second.built_at > first.built_at


@pytest.mark.parametrize(
    "sql",
    [
        "update dim_x set value = 7 where load_id = 1",
        "update dim_x set value = null where load_id = 1",
        "delete from dim_x where load_id = 1",
        "insert into dim_x select * from dim_x where load_id = 1",
        "comment on column dim_x.value is 'Now it has a meaning.'",
        "alter table dim_x add column further integer",
        "update dim_x set name = 'name ' || (load_id % 3 + 1)",
    ],
)
def test_any_other_content_is_a_new_publication(built: Home, sql: str) -> None:
    first = publish(built)
    rebuild(built, sql, "second")
    second = publish(built)
    assert second.is_new
    assert second.publication_id > first.publication_id
    assert publish(built).is_new is False


def test_the_last_three_publications_stay_and_foreign_files_too(built: Home) -> None:
    published = []
    for number in range(5):
        rebuild(built, f"update dim_x set value = {number} + 10", f"build {number}")
        published.append(publish(built).publication_id)
        if number == 0:
            (built.publications / "notes.txt").write_text("mine")
            (built.publications / "backup").mkdir()
    found = {path.name for path in built.publications.iterdir()}
    assert found == {*published[2:], "notes.txt", "backup"}


def test_ids_sort_by_time_even_when_the_clock_goes_back(home: Home) -> None:
    (home.publications / "20260105T100000.999999Z").mkdir(parents=True)
    assert new_publication_id(home, datetime(2025, 1, 1, tzinfo=UTC)) == "20260105T100001.000000Z"
    later = datetime(2026, 1, 5, 11, tzinfo=UTC)
    assert new_publication_id(home, later) == "20260105T110000.000000Z"


def refused(home: Home, reason: str, publish: Callable[[Home], PublishResult] = publish) -> None:
    """Publish fails for this reason and leaves everything as it was."""
    before = sorted(path.name for path in home.publications.glob("*"))
    link = home.current.readlink() if home.current.is_symlink() else None
    with pytest.raises(PublishError, match=reason):
        publish(home)
    assert sorted(path.name for path in home.publications.glob("*")) == before
    assert sorted(path.name for path in home.publications.glob(".*")) == []
    if link is not None:
        assert home.current.readlink() == link


def test_a_home_without_a_build_has_nothing_to_publish(home: Home) -> None:
    refused(home, "nothing has been built yet")
    load_file(home, datetime(2026, 1, 5))
    refused(home, "nothing has been built yet")


def test_a_failed_build_is_not_published(built: Home) -> None:
    publish(built)
    add_build(built, "second", finished_at=datetime(2026, 1, 6), error_count=1)
    refused(built, "had 1 error")


def test_files_loaded_since_the_build_ask_for_a_build(built: Home) -> None:
    load_file(built, datetime(2026, 1, 5, 9))
    publish(built)
    load_file(built, datetime(2026, 1, 5, 11))
    refused(built, "files were loaded after the last build")


@pytest.mark.parametrize("suffix", ["wal", "wal.checkpoint", "wal.recovery"])
def test_a_write_ahead_log_beside_the_working_file_is_refused(built: Home, suffix: str) -> None:
    built.working_file.with_name(f"curvehouse.duckdb.{suffix}").write_bytes(b"")
    refused(built, f"curvehouse.duckdb.{suffix} is there")


def test_a_write_ahead_log_beside_the_published_file_is_refused(built: Home) -> None:
    publish(built)
    rebuild(built, "update dim_x set value = 7", "second")
    for folder in (built.root, built.published_file.resolve().parent):
        log = folder / "curvehouse.duckdb.wal"
        log.write_bytes(b"")
        refused(built, f"^{log} is there, so somebody opened the published file")
        log.unlink()
    assert publish(built).is_new


def test_a_manifest_of_another_command_is_refused(built: Home) -> None:
    found = json.loads((built.target / "manifest.json").read_text())
    found["metadata"]["invocation_id"] = "of dbt compile"
    (built.target / "manifest.json").write_text(json.dumps(found))
    refused(built, "replaced by another dbt command")


def test_a_mart_that_is_no_table_is_refused(built: Home) -> None:
    with open_working_file(built) as connection:
        connection.execute("drop table dim_x; create view dim_x as select 1 as load_id")
    refused(built, "mart dim_x is no table")


def test_a_key_that_is_no_column_is_refused(built: Home) -> None:
    with open_working_file(built) as connection:
        connection.execute("alter table dim_x rename column load_id to id")
    refused(built, "dim_x has no column load_id")


def test_a_file_in_place_of_the_link_is_not_overwritten(built: Home) -> None:
    built.published_file.write_text("somebody's own")
    refused(built, "is not the link that `curvehouse publish` makes")
    assert built.published_file.read_text() == "somebody's own"


def test_a_fault_of_the_database_is_one_sentence(built: Home) -> None:
    assert publish_in_own_process(built).is_new
    with open_working_file(built) as connection:
        connection.execute("create macro limit_of() as 0")
        connection.execute(
            "create or replace table dim_x (load_id bigint, check (load_id > limit_of()))"
        )
    add_build(built, "second", finished_at=datetime(2026, 1, 6))
    refused(built, "^the marts could not be published: .*limit_of", publish_in_own_process)


def test_leftovers_of_a_killed_publisher_are_removed(built: Home) -> None:
    (built.publications / ".incoming-20260101T000000.000000Z").mkdir(parents=True)
    (built.publications / ".incoming-20260101T000000.000000Z" / "curvehouse.duckdb").touch()
    (built.publications / ".outgoing-20260101T000000.000000Z").mkdir()
    (built.publications / "20260101T000000.000000Z").mkdir()
    record = built.publications / "20260101T000000.000000Z" / ".publication.json"
    record.touch()
    (built.root / ".curvehouse.duckdb.new").symlink_to("nowhere")
    (built.root / ".current.new").symlink_to("nowhere")
    publish(built)
    assert not record.exists()
    assert list(built.publications.glob(".*")) == []
    assert not (built.root / ".curvehouse.duckdb.new").is_symlink()
    assert not (built.root / ".current.new").is_symlink()
    assert rows(built, "select count(*) from dim_x") == [(3,)]


def test_a_damaged_record_only_costs_a_publication(built: Home) -> None:
    first = publish(built)
    (built.publications / first.publication_id / "publication.json").write_text("{")
    assert publish(built).is_new


def test_another_writer_is_named(built: Home) -> None:
    with (
        writer_lock(built, "curvehouse ingest"),
        pytest.raises(BusyError, match="`curvehouse ingest`"),
    ):
        publish_in_own_process(built)


def test_a_full_disk_is_one_sentence(built: Home) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    assert publish(built).is_new
    rebuild(built, "insert into dim_x from (select 9, 'more', i from range(500000) t(i))", "second")
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, hard))
    try:
        refused(built, "^the disk is full, so [^\n]*$", publish_in_own_process)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert publish(built).is_new


def test_a_link_to_the_file_itself_is_led_through_the_folder(built: Home) -> None:
    first = publish(built)
    # As earlier versions left it.
    built.current.unlink()
    built.published_file.unlink()
    direct = Path("publications") / first.publication_id / "curvehouse.duckdb"
    built.published_file.symlink_to(direct)
    assert publish(built).is_new is False
    rebuild(built, "update dim_x set value = 7", "second")
    second = publish(built)
    assert built.published_file.readlink() == Path("current") / "curvehouse.duckdb"
    assert built.current.readlink() == Path("publications") / second.publication_id
    assert rows(built, "select distinct value from dim_x") == [(7.0,)]


def test_a_folder_in_place_of_the_link_is_not_overwritten(built: Home) -> None:
    built.current.mkdir()
    refused(built, "current is not the link that `curvehouse publish` makes")
    assert list(built.current.iterdir()) == []


def test_odd_letters_in_the_path_do_no_harm(tmp_path: Path) -> None:
    home = make_built_home(Home(tmp_path / 'it\'s a "home" ü'))
    publish(home)
    with reading(home) as connection:
        assert connection.execute("select current_catalog()").fetchall() == [("curvehouse",)]
