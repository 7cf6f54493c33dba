from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from conftest import PROJECT_DIR
from curvehouse.home import Home
from curvehouse.publish import macros
from curvehouse.publish.macros import TableMacro, create_macros, shipped_macros
from curvehouse.publish.writer import write_publication
from warehouses import make_built_home, rows

TEXT = """\
-- Some of x, in
-- two lines. It's small.
-- Example: from some_x(2)
create macro some_x(row_limit) as table
    select load_id from dim_x order by load_id limit row_limit
"""


def some_x() -> TableMacro:
    return macros._parsed(TEXT)


@pytest.fixture
def with_some_x(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(macros, "shipped_macros", lambda: [*shipped_macros(), some_x()])


def test_a_file_is_read_as_comment_example_and_statement() -> None:
    macro = some_x()
    assert (macro.name, macro.parameters) == ("some_x", ("row_limit",))
    assert macro.tables == {"dim_x"}
    assert macro.example == "from some_x(2)"
    assert macro.comment == "Some of x, in two lines. It's small. Example: from some_x(2)"
    assert macro.ddl.startswith("create macro some_x(row_limit) as table\n")


@pytest.mark.parametrize("lost", ["Example: ", " as table"])
def test_a_file_that_lacks_something_is_an_error(lost: str) -> None:
    with pytest.raises(ValueError, match="no table macro with an example"):
        macros._parsed(TEXT.replace(lost, ""))


def test_only_macros_whose_tables_are_there_are_made(with_some_x: None) -> None:
    with duckdb.connect() as connection:
        connection.execute("create table dim_x (load_id bigint)")
        create_macros(connection, ["dim_x"])
        made = connection.execute(
            "select function_name, comment from duckdb_functions() "
            "where function_type = 'table_macro' and not internal"
        ).fetchall()
    assert made == [("some_x", some_x().comment)]


def test_a_published_file_has_the_macros(home: Home, with_some_x: None) -> None:
    write_publication(make_built_home(home), PROJECT_DIR)
    assert rows(home, "from some_x(2)") == [(1,), (2,)]


def test_a_changed_macro_is_a_new_publication(
    home: Home, with_some_x: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_publication(make_built_home(home), PROJECT_DIR)
    assert write_publication(home, PROJECT_DIR)[1] is False
    other = replace(some_x(), ddl=some_x().ddl.replace("by load_id", "by load_id desc"))
    monkeypatch.setattr(macros, "shipped_macros", lambda: [*shipped_macros(), other])
    assert write_publication(home, PROJECT_DIR)[1] is True
    assert rows(home, "from some_x(2)") == [(3,), (2,)]


def test_the_wheel_carries_the_macros() -> None:
    folder = Path(macros.__file__).with_name("table_macros")
    assert {file.stem for file in folder.iterdir()} == {macro.name for macro in shipped_macros()}
