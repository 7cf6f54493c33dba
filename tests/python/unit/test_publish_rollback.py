"""Going back to earlier publications, and what later publishes make of that."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import PROJECT_DIR
from curvehouse.errors import BusyError, PublishError
from curvehouse.home import Home
from curvehouse.lock import writer_lock
from curvehouse.publish import rollback
from curvehouse.publish.links import current_publication
from curvehouse.publish.publication import Publication
from curvehouse.publish.rollback import roll_back
from curvehouse.publish.writer import write_publication
from curvehouse.status import read_status
from warehouses import load_file, make_built_home, rebuild, rows


def publish(home: Home) -> tuple[Publication, bool]:
    return write_publication(home, PROJECT_DIR)


def publish_after_build(home: Home) -> tuple[Publication, bool]:
    return write_publication(home, PROJECT_DIR, keeps_rollback=True)


def value_in(home: Home) -> float:
    ((value,),) = rows(home, "select distinct value from dim_x")
    return float(value)


def build_value(home: Home, value: int, invocation_id: str | None = None) -> None:
    rebuild(home, f"update dim_x set value = {value}", invocation_id or f"build {value}")


@pytest.fixture(scope="session")
def published_thrice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, list[str]]:
    """A home with three publications, whose values are 1, 2 and 3, and their ids."""
    home = make_built_home(Home(tmp_path_factory.mktemp("three") / "home"))
    ids = []
    for value in (1, 2, 3):
        build_value(home, value)
        ids.append(publish(home)[0].publication_id)
    return home, ids


@pytest.fixture
def three(home: Home, published_thrice: tuple[Home, list[str]]) -> list[str]:
    """The ids of the publications of a copy of it, which is this test's home."""
    original, ids = published_thrice
    shutil.copytree(original.root, home.root, symlinks=True)
    return list(ids)


def test_it_goes_back_one_by_one_and_stops_at_the_oldest(home: Home, three: list[str]) -> None:
    first, second, third = three
    for withdrawn, in_force, value in ((third, second, 2), (second, first, 1)):
        done = roll_back(home)
        assert done.withdrawn_id == withdrawn
        assert done.in_force.publication_id == in_force
        assert value_in(home) == value
    with pytest.raises(PublishError, match=f"no publication before {first} to go back to"):
        roll_back(home)
    assert value_in(home) == 1
    assert {path.name for path in home.publications.iterdir()} == set(three)


@pytest.mark.parametrize("same", ["the same build", "another build of the same content"])
def test_a_build_of_what_was_rolled_back_leaves_it_so(
    home: Home, three: list[str], same: str
) -> None:
    roll_back(home)
    for number in range(2):
        if same != "the same build":
            build_value(home, 3, f"again {number}")
        publication, is_new = publish_after_build(home)
        assert (publication.publication_id, is_new) == (three[2], False)
        assert value_in(home) == 2
    assert sorted(path.name for path in home.publications.iterdir()) == three


def test_a_build_of_something_else_ends_it(home: Home, three: list[str]) -> None:
    second = three[1]
    roll_back(home)
    build_value(home, 4)
    fourth, is_new = publish_after_build(home)
    assert is_new
    assert value_in(home) == 4
    # What was rolled back gives way before what can be gone back to.
    build_value(home, 5)
    publish_after_build(home)
    kept = {path.name for path in home.publications.iterdir()}
    assert kept == {second, fourth.publication_id, current_id(home)}
    assert [roll_back(home).in_force.publication_id for _ in range(2)] == [
        fourth.publication_id,
        second,
    ]


def test_a_rollback_passes_over_what_was_rolled_back_before(home: Home, three: list[str]) -> None:
    roll_back(home)
    build_value(home, 4)
    publish_after_build(home)
    assert {path.name for path in home.publications.iterdir()} == {three[0], three[1]} | {
        current_id(home)
    }
    assert roll_back(home).in_force.publication_id == three[1]
    assert value_in(home) == 2


def test_a_build_of_what_is_in_force_makes_nothing_new(home: Home, three: list[str]) -> None:
    roll_back(home)
    build_value(home, 2, "as before")
    publication, is_new = publish_after_build(home)
    assert (publication.publication_id, is_new) == (three[1], False)
    assert publication.invocation_id == "as before"
    published = read_status(home).published
    assert published is not None
    assert published.rolled_back_from is None


def test_publish_ends_it_and_undoes_every_rollback_since(home: Home, three: list[str]) -> None:
    for _ in range(2):
        roll_back(home)
    publication, is_new = publish(home)
    assert (publication.publication_id, is_new) == (three[2], False)
    assert current_publication(home) == publication
    assert value_in(home) == 3
    assert roll_back(home).in_force.publication_id == three[1]


def test_status_says_so(home: Home, three: list[str]) -> None:
    load_file(home, current_publication_of(home).finished_at.replace(year=2020))
    assert read_status(home).hint is None
    roll_back(home)
    for number in range(2):
        status = read_status(home)
        assert status.published is not None
        assert status.published.publication_id == three[1]
        assert status.published.rolled_back_from == three[2]
        assert "`curvehouse publish` ends the rollback" in str(status.hint)
        build_value(home, 3, f"again {number}")
        publish_after_build(home)
    publish(home)
    status = read_status(home)
    assert status.published is not None
    assert status.published.rolled_back_from is None
    assert status.hint is None


def test_publications_of_the_same_content_are_passed_over(home: Home, three: list[str]) -> None:
    write_publication(home, PROJECT_DIR, parquet=True)
    assert len({path.name for path in home.publications.iterdir()} & set(three)) == 2
    assert roll_back(home).in_force.publication_id == three[1]


def test_parquet_asked_for_when_the_content_was_rolled_back(home: Home, three: list[str]) -> None:
    roll_back(home)
    assert write_publication(home, PROJECT_DIR, parquet=True, keeps_rollback=True)[1] is False
    assert value_in(home) == 2
    publication, is_new = write_publication(home, PROJECT_DIR, parquet=True)
    assert is_new
    assert publication.has_parquet
    assert value_in(home) == 3


def test_a_rollback_that_was_killed_before_the_link_never_was(
    home: Home, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rollback, "flip", killed)
        with pytest.raises(KeyboardInterrupt):
            roll_back(home)
    assert value_in(home) == 3
    published = read_status(home).published
    assert published is not None
    assert published.rolled_back_from is None
    assert publish_after_build(home)[0].withdrawn_at is None
    build_value(home, 4)
    publish(home)
    assert roll_back(home).in_force.publication_id == three[2]


def truncate(home: Home, publication_id: str) -> None:
    file = home.publications / publication_id / "curvehouse.duckdb"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:5000])


def count_otherwise(home: Home, publication_id: str) -> None:
    record = home.publications / publication_id / "publication.json"
    record.write_text(record.read_text().replace('"dim_x": 3', '"dim_x": 4'))


def open_for_writing(home: Home, publication_id: str) -> None:
    (home.publications / publication_id / "curvehouse.duckdb.wal").write_bytes(b"")


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (truncate, "is damaged .*Remove that folder"),
        (count_otherwise, "its tables are not those of its record"),
        (open_for_writing, "wal is there"),
    ],
)
def test_an_earlier_one_that_is_not_whole_is_refused(
    home: Home, three: list[str], harm: Callable[[Home, str], None], reason: str
) -> None:
    harm(home, three[1])
    with pytest.raises(PublishError, match=reason):
        roll_back(home)
    assert value_in(home) == 3
    shutil.rmtree(home.publications / three[1])
    assert roll_back(home).in_force.publication_id == three[0]


def test_folders_that_are_no_publication_are_passed_over(home: Home, three: list[str]) -> None:
    folder = home.publications
    shutil.copytree(folder / three[2], folder / "20200101T000000.000000Z")
    (folder / three[1] / "publication.json").write_text("{")
    (folder / three[0] / "curvehouse.duckdb").unlink()
    with pytest.raises(PublishError, match="no publication before"):
        roll_back(home)


def lose_the_record(folder: Path) -> None:
    (folder / "publication.json").write_text("{")


def lose_the_file(folder: Path) -> None:
    (folder / "curvehouse.duckdb").unlink()


@pytest.mark.parametrize("harm", [lose_the_record, lose_the_file, shutil.rmtree])
def test_it_goes_back_from_one_that_is_no_longer_whole(
    home: Home, three: list[str], harm: Callable[[Path], None]
) -> None:
    harm(home.publications / three[2])
    done = roll_back(home)
    assert (done.withdrawn_id, done.in_force.publication_id) == (three[2], three[1])
    assert value_in(home) == 2
    # What is lost can't be put in force again, so its build is published anew.
    assert publish_after_build(home)[1]
    assert value_in(home) == 3


def test_parquet_goes_on_after_a_rollback_to_one_without(home: Home, three: list[str]) -> None:
    build_value(home, 4)
    assert write_publication(home, PROJECT_DIR, parquet=True)[0].has_parquet
    roll_back(home)
    build_value(home, 5)
    assert publish_after_build(home)[0].has_parquet


def test_with_nothing_published_there_is_nothing_to_go_back_from(home: Home) -> None:
    with pytest.raises(PublishError, match=r"nothing is published in .*`curvehouse build`"):
        roll_back(home)
    assert not home.root.exists()


def test_it_waits_for_no_other_writer(home: Home, three: list[str]) -> None:
    with (
        writer_lock(home, "curvehouse build"),
        pytest.raises(BusyError, match="`curvehouse build`"),
    ):
        roll_back(home)
    assert current_id(home) == three[2]


def current_publication_of(home: Home) -> Publication:
    publication = current_publication(home)
    assert publication is not None
    return publication


def current_id(home: Home) -> str:
    return current_publication_of(home).publication_id
