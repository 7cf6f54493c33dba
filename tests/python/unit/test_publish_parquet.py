"""The tables of a publication as Parquet files."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from conftest import PROJECT_DIR
from curvehouse.database import open_working_file
from curvehouse.errors import PublishError
from curvehouse.home import Home
from curvehouse.publish import writer
from curvehouse.publish.links import current_publication
from curvehouse.publish.parquet_files import write_parquet_files
from curvehouse.publish.publication import Publication
from curvehouse.publish.writer import write_publication
from curvehouse.status import read_status
from reliability.disks import filled, mounted
from warehouses import make_built_home, reading, rebuild


@pytest.fixture
def built(home: Home) -> Home:
    return make_built_home(home)


def publish(home: Home, *, parquet: bool | None = None) -> Publication:
    return write_publication(home, PROJECT_DIR, parquet=parquet)[0]


def files(home: Home) -> list[Path]:
    return sorted((home.current / "parquet").glob("*"))


def test_each_table_is_a_file_with_the_rows_in_order(built: Home) -> None:
    with open_working_file(built) as connection:
        connection.execute(
            "insert into dim_x select 300000 - i, i::varchar, i / 3e0 from range(250000) t(i)"
        )
    publication = publish(built, parquet=True)
    assert publication.has_parquet
    with reading(built) as connection:
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
        assert [file.stem for file in files(built)] == sorted(name for (name,) in tables)
        for file in files(built):
            quoted = file.stem.replace('"', '""')
            assert pl.read_parquet(file).equals(connection.sql(f'from "{quoted}"').pl())
    keys = pl.read_parquet(built.current / "parquet" / "dim_x.parquet")["load_id"]
    assert keys.is_sorted()
    assert len(keys) == 250_003


def test_they_are_sealed_and_say_of_which_publication_they_are(built: Home) -> None:
    publication = publish(built, parquet=True)
    for file in files(built):
        assert stat.S_IMODE(file.stat().st_mode) == 0o444
        found = pq.read_metadata(file)
        assert found.metadata[b"publication_id"] == publication.publication_id.encode()
        assert found.row_group(0).column(0).compression == "ZSTD"
    assert {path.name for path in built.current.iterdir()} == {
        "curvehouse.duckdb",
        "parquet",
        "publication.json",
    }


def test_once_asked_for_they_come_until_they_are_asked_away(built: Home) -> None:
    assert not publish(built).has_parquet
    assert files(built) == []
    first = publish(built, parquet=True)
    assert publish(built) == publish(built, parquet=True) == first
    rebuild(built, "update dim_x set value = 7", "second")
    second = publish(built)
    assert second.has_parquet
    (value,) = pl.read_parquet(built.current / "parquet" / "dim_x.parquet")["value"].unique()
    assert value == 7
    third = publish(built, parquet=False)
    assert third.publication_id > second.publication_id
    assert not third.has_parquet
    rebuild(built, "update dim_x set value = 8", "third")
    assert not publish(built).has_parquet
    assert files(built) == []


def test_status_names_the_folder(built: Home) -> None:
    for parquet, folder in ((None, None), (True, str(built.root / "current" / "parquet"))):
        publish(built, parquet=parquet)
        published = read_status(built).published
        assert published is not None
        assert published.parquet_path == folder


def test_a_name_that_no_file_can_have_is_refused_and_nothing_is_left(built: Home) -> None:
    before = publish(built)
    with open_working_file(built) as connection:
        connection.execute('alter table dim_x rename to "a/b"')
    manifest = built.target / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"dim_x"', '"a/b"'))
    with pytest.raises(PublishError, match="table a/b can't be published as Parquet"):
        publish(built, parquet=True)
    assert [path.name for path in built.publications.iterdir()] == [before.publication_id]
    assert publish(built, parquet=False) == before


def test_a_disk_that_fills_up_on_the_way_leaves_the_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with mounted(tmp_path / "disk", 30) as disk:
        home = make_built_home(Home(disk / "home"))
        before = publish(home)
        rebuild(home, "update dim_x set value = 7", "second")

        def write_on_a_full_disk(*arguments: Any) -> None:
            with filled(disk, 0), pytest.raises(duckdb.IOException) as caught:
                write_parquet_files(*arguments)
            raise caught.value

        with monkeypatch.context() as patched:
            patched.setattr(writer, "write_parquet_files", write_on_a_full_disk)
            options = json.dumps({"parquet": True})
            assert writer.main([str(home.root), str(PROJECT_DIR), options]) == 1
        said = json.loads(capsys.readouterr().out)["error"]
        assert said.startswith(f"the disk is full, so {home.root} can't be written")
        assert [path.name for path in home.publications.iterdir()] == [before.publication_id]
        assert current_publication(home) == before
        assert publish(home, parquet=True).has_parquet


def test_any_duckdb_statement_reads_them_through_the_link(built: Home) -> None:
    publish(built, parquet=True)
    path = str(built.root / "current" / "parquet" / "dim_x.parquet")
    assert duckdb.sql(f"select count(*) from '{path}'").fetchall() == [(3,)]
