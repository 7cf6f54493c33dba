from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot

from conftest import PROJECT_DIR
from curvehouse.errors import QueryError, UsageError
from curvehouse.home import Home
from curvehouse.publish.writer import write_publication
from curvehouse.query import open_published, run_query
from warehouses import make_built_home


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = make_built_home(Home(tmp_path_factory.mktemp("query") / "home"))
    write_publication(home, PROJECT_DIR)
    return home


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select load_id from dim_x order by load_id limit 1", (1,)),
        ("SELECT 1;", (1,)),
        ("with one as (select 1 as a) select a from one", (1,)),
        ("from dim_x select load_id where load_id = 2", (2,)),
        ("values (3)", (3,)),
        ("table dim_x order by load_id limit 1", (1, "name 3", 1.5)),
        ("(select 4)", (4,)),
        ("-- a comment; with a semicolon\nselect 5", (5,)),
        ("/* one; two */ select 6 -- and a tail", (6,)),
        ("select ';' || 'two; statements'", (";two; statements",)),
        ("show tables", ('Odd "mart"',)),
        ("describe dim_x", ("load_id", "BIGINT", "NO", None, None, None)),
        ("select catalog_name from information_schema.schemata limit 1", ("curvehouse",)),
        ("pivot dim_x on load_id in (1, 2) using count(*) group by name", ("name 1", 0, 0)),
    ],
)
def test_reading_statements_run(published: Home, sql: str, expected: tuple[object, ...]) -> None:
    with run_query(published, sql) as result:
        assert min(row for batch in result.batches for row in batch) == expected


@pytest.mark.parametrize(
    "sql", ["summarize dim_x", "explain select 1", "explain analyze from dim_x"]
)
def test_statements_about_statements_run(published: Home, sql: str) -> None:
    with run_query(published, sql) as result:
        assert next(result.batches)


WRITES = """\
update dim_x set value = 1
insert into dim_x select * from dim_x
delete from dim_x
truncate dim_x
merge into dim_x using dim_x as o on false when matched then delete
create table t as select 1
create temp table t as select 1
create temp macro m() as 1
drop table dim_x
alter table dim_x add column c integer
comment on table dim_x is 'x'
copy dim_x to '{folder}/x.csv'
copy (select 1) to '{folder}/x.csv'
export database '{folder}/x'
import database '{folder}/x'
attach '{folder}/x.duckdb' as x
attach ':memory:' as x
detach curvehouse
use memory
set threads = 1
set enable_external_access = true
reset lock_configuration
set variable x = 1
pragma memory_limit = '1GB'
pragma show_tables
pragma database_list
call pragma_version()
call dbgen(sf = 1)
install httpfs
load httpfs
begin
checkpoint
force checkpoint
vacuum
analyze
prepare p as select 1
execute p
explain delete from dim_x
explain analyze delete from dim_x
explain analyze copy dim_x to '{folder}/x.csv'
explain (format json) update dim_x set value = 1
select 1; select 2
select 1; drop table dim_x
select 1; attach ':memory:' as x
pivot dim_x on name""".splitlines()


@pytest.mark.parametrize("sql", [*WRITES, "", "  ", ";", "-- nothing"])
def test_everything_else_is_refused_before_it_runs(
    published: Home, tmp_path: Path, sql: str
) -> None:
    with pytest.raises(UsageError), run_query(published, sql.format(folder=tmp_path)):
        pass
    assert list(tmp_path.iterdir()) == []


OUTSIDE = """\
select * from read_csv('{file}')
select * from '{file}'
from read_text('{file}')
from read_blob('{file}')
from read_json('{file}')
from read_parquet('{file}')
from sniff_csv('{file}')
from glob('{folder}/*')
from parquet_metadata('{file}')
select * from query('from read_text(''{file}'')')
select (select content from read_text('{file}'))
select * from query_table('{file}')
from read_csv('https://example.com/x.csv')
describe from read_csv('{file}')
summarize from read_csv('{file}')
explain from read_csv('{file}')""".splitlines()


@pytest.mark.parametrize("sql", OUTSIDE)
def test_no_other_file_is_within_reach(published: Home, tmp_path: Path, sql: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\nhush,1\n")
    with pytest.raises((UsageError, QueryError)) as caught:  # noqa: SIM117
        with run_query(published, sql.format(file=secret, folder=tmp_path)) as result:
            list(result.batches)
    assert "hush" not in str(caught.value)


def test_reaching_outside_says_what_query_is_for(published: Home, tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match=r"x\.csv is out of reach.*published file and nothing else"),
        run_query(published, f"from '{tmp_path}/x.csv'"),
    ):
        pass


def test_time_that_the_reader_takes_does_not_count(published: Home) -> None:
    with run_query(published, "from range(30000)", timeout=0.2) as result:
        for _ in result.batches:
            time.sleep(0.15)


def test_rows_that_come_too_slowly_are_stopped(published: Home) -> None:
    sql = "select i from range(100000000000) t(i) where hash(i) = 0"
    with pytest.raises(QueryError, match=r"after 0\.2 s of work"):  # noqa: SIM117
        with run_query(published, sql, timeout=0.2) as result:
            list(result.batches)


def test_a_query_that_only_duckdb_understands_runs(published: Home) -> None:
    # The name makes it worth a look, and the look fails at DuckDB's factorial.
    sql = "select 3 ! as six, 'read_csv' as name"
    with pytest.raises(sqlglot.ParseError):
        sqlglot.parse(sql, read="duckdb")
    with run_query(published, sql) as result:
        assert list(result.batches) == [[(6, "read_csv")]]


def test_names_of_refused_functions_may_be_written(published: Home) -> None:
    sql = "select 'read_csv(1)' as query, 1 as glob -- getenv('HOME')"
    with run_query(published, sql) as result:
        assert list(result.batches) == [[("read_csv(1)", 1)]]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select valu from dim_x", '"valu" not found.*Candidate bindings: "value"'),
        ("from dim_y", 'dim_y does not exist! Did you mean "dim_x"'),
        ("selec 1", 'syntax error at or near "selec"'),
        ("select ?", "parameters"),
        ("select error('a' || chr(10) || 'b')", "a b$"),
    ],
)
def test_a_failing_query_is_one_line_with_its_hint(published: Home, sql: str, message: str) -> None:
    with pytest.raises(QueryError, match=message) as caught:  # noqa: SIM117
        with run_query(published, sql) as result:
            list(result.batches)
    assert "\n" not in str(caught.value)


def test_an_error_in_a_late_row_is_told_too(published: Home) -> None:
    sql = "select case when i = 900000 then error('late') else i end from range(1000000) t(i)"
    with pytest.raises(QueryError, match="late"), run_query(published, sql) as result:
        for _ in result.batches:
            pass


def test_an_error_is_told_where_another_thread_is_heard_first(
    published: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Deaf:
        """A connection of which only the interrupted thread is heard at first."""

        def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
            self._connection = connection
            self._runs = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(self._connection, name)

        def execute(self, statement: Any) -> None:
            self._runs += 1
            self._connection.execute(statement)

        def fetchmany(self, count: int) -> list[tuple[Any, ...]]:
            if self._runs == 1:
                raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")
            return self._connection.fetchmany(count)

    @contextmanager
    def opened(home: Home) -> Iterator[Deaf]:
        with open_published(home) as connection:
            yield Deaf(connection)

    monkeypatch.setattr("curvehouse.query.run.open_published", opened)
    sql = "select case when i = 900000 then error('late') else i end from range(1000000) t(i)"
    with pytest.raises(QueryError, match="late"), run_query(published, sql) as rows:
        list(rows.batches)


def test_nothing_published_says_what_to_run(home: Home) -> None:
    with (
        pytest.raises(QueryError, match="Run `curvehouse build` first"),
        run_query(home, "select 1"),
    ):
        pass


def test_repeated_names_are_made_unique(published: Home) -> None:
    with run_query(published, "select 1 as a, 2 as a, 3 as a_1, 4 as a") as result:
        assert result.columns == ("a", "a_2", "a_1", "a_3")
