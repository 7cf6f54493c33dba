"""What a query may not do: each attempt ends with one sentence, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import PROJECT_DIR, RunCli
from curvehouse.home import HOME_VARIABLE, Home
from curvehouse.publish.writer import write_publication
from warehouses import make_built_home

# What is tried, and what the sentence has to say of it. {csv} is a file with a secret in it,
# {folder} the folder that it lies in.
ATTEMPTS = """\
from read_csv('{csv}') | read_csv reaches for other files
FROM Read_CSV_Auto ( '{csv}' ) | read_csv_auto reaches for other files
from "read_csv"('{csv}') | read_csv reaches for other files
select * from read_csv/* here */('{csv}') | read_csv reaches for other files
from read_parquet('{folder}/*.parquet') | read_parquet reaches for other files
from parquet_scan('{folder}/*.parquet') | parquet_scan reaches for other files
from parquet_metadata('{csv}') | parquet_metadata reaches for other files
from read_json('{csv}') | read_json reaches for other files
from read_ndjson_objects('{csv}') | read_ndjson_objects reaches for other files
from read_text('{csv}') | read_text reaches for other files
from read_blob(['{csv}']) | read_blob reaches for other files
from read_duckdb('{csv}') | read_duckdb reaches for other files
from sniff_csv('{csv}') | sniff_csv reaches for other files
from glob('{folder}/*') | glob reaches for other files
select count(*) from glob('/etc/*') | glob reaches for other files
from read_csv('https://example.com/x.csv') | read_csv reaches for other files
from '{csv}' | secret.csv is out of reach
from "{csv}" | secret.csv is out of reach
from 'https://example.com/x.parquet' | x.parquet is out of reach
from 's3://bucket/x.parquet' | x.parquet is out of reach
from query_table('{csv}') | secret.csv is out of reach
select (select content from read_text('{csv}')) | read_text reaches for other files
with a as (from read_csv('{csv}')) from a | read_csv reaches for other files
with a as (from read_csv('{csv}')) select 1 | read_csv reaches for other files
select 1 where exists (from '{csv}') | secret.csv is out of reach
select 1 union all select count(*) from '{csv}' | secret.csv is out of reach
/* from dim_x */ from -- dim_x/n read_csv('{csv}') | read_csv reaches for other files
from query('from read_text(''{csv}'')') | query runs SQL out of a text
from json_execute_serialized_sql(json_serialize_sql('from dim_x')) | runs SQL out of a text
describe from read_csv('{csv}') | read_csv reaches for other files
summarize '{csv}' | secret.csv is out of reach
explain analyze from read_csv('{csv}') | read_csv reaches for other files
select getenv('HOME') | getenv tells of the machine
from duckdb_secrets() | duckdb_secrets tells of the machine
from which_secret('s3://x', 's3') | which_secret tells of the machine
from duckdb_extensions() | duckdb_extensions tells of the machine
from enable_logging('QueryLog', storage = 'file', storage_path = '{folder}') | logging changes
from enable_profiling() | enable_profiling changes
select write_log('x') | write_log changes
from checkpoint() | checkpoint changes
from dbgen(sf = 1) | belongs to DuckDB's extension tpch
from sqlite_scan('{csv}', 't') | belongs to DuckDB's extension sqlite_scanner
insert into dim_x select * from dim_x | INSERT would change dim_x
update dim_x set value = 1 | UPDATE would change dim_x
delete from dim_x | DELETE would change dim_x
truncate dim_x | TRUNCATE would change dim_x
merge into dim_x using dim_x as o on false when matched then delete | MERGE would change dim_x
with a as (select 1) update dim_x set value = 2 | UPDATE would change dim_x
with a as (select 1) merge into dim_x using a on false when matched then delete | MERGE INTO would
with a as (from dim_x) insert into dim_x from a | INSERT would change dim_x
create table t as select 1 | CREATE would change what the published file is made of
create temp macro m() as 1 | CREATE would change
create secret s (type s3, key_id 'x', secret 'y') | CREATE would change
drop table dim_x | DROP would change
alter table dim_x add column c integer | ALTER would change
comment on table dim_x is 'x' | COMMENT would change
copy dim_x to '{folder}/x.csv' | COPY writes files
copy (select 1) to '{folder}/x.parquet' (format parquet) | COPY writes files
copy dim_x from '{csv}' | COPY writes files
export database '{folder}/x' | EXPORT writes files
import database '{folder}' | out of reach
attach '{folder}/x.duckdb' as x | ATTACH opens another database
attach ':memory:' as x | ATTACH opens another database
detach curvehouse | DETACH opens another database
use memory | USE opens another database
set threads = 1 | SET concerns DuckDB's settings
set enable_external_access = true | SET concerns DuckDB's settings
set variable x = 1 | SET concerns DuckDB's settings
reset lock_configuration | RESET concerns DuckDB's settings
pragma memory_limit = '1GB' | PRAGMA concerns DuckDB's settings
pragma show_tables | `show tables`
call pragma_version() | CALL is not how a query calls a function
call enable_logging() | CALL is not how a query calls a function
install httpfs | INSTALL brings code into DuckDB
load '{folder}/x.duckdb_extension' | LOAD brings code into DuckDB
begin | BEGIN is for those who write
checkpoint | CHECKPOINT is for those who write
force checkpoint | FORCE is for those who write
vacuum | VACUUM is for those who write
analyze | ANALYZE is for those who write
prepare p as select 1 | PREPARE is for sessions
execute p | EXECUTE is for sessions
explain delete from dim_x | DELETE would change dim_x
explain analyze copy dim_x to '{folder}/x.csv' | COPY writes files
explain (format json) update dim_x set value = 1 | UPDATE would change dim_x
select 1; drop table dim_x | 2 statements (SELECT, DROP)
select 1; /* ; */ attach ':memory:' as x; select 2 | 3 statements (SELECT, ATTACH, SELECT)
set enable_external_access = true; from '{csv}' | 2 statements (SET, FROM)
prepare p as select 1; execute p | 2 statements (PREPARE, EXECUTE)""".splitlines()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = make_built_home(Home(tmp_path_factory.mktemp("query") / "home"))
    write_publication(home, PROJECT_DIR)
    return home


@pytest.fixture
def folder(published: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a secret, in which the query runs; neither it nor the home may change."""
    (tmp_path / "secret.csv").write_text("a,b\nhush,1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(HOME_VARIABLE, str(published.root))
    places = (tmp_path, published.root)
    before = [sorted(place.rglob("*")) for place in places]
    yield tmp_path
    assert [sorted(place.rglob("*")) for place in places] == before
    assert (tmp_path / "secret.csv").read_text() == "a,b\nhush,1\n"


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_an_attempt_ends_with_one_sentence_and_leaves_nothing(
    folder: Path, run_cli: RunCli, attempt: str
) -> None:
    sql, _, said = attempt.rpartition(" | ")
    sql = sql.replace("/n", "\n").format(csv=folder / "secret.csv", folder=folder)
    outcome = run_cli("query", sql)
    assert (outcome.exit_code, outcome.stdout) == (2, ""), outcome.stderr
    assert said in outcome.stderr
    assert outcome.stderr.count("\n") == 1
    assert outcome.stderr.endswith(".\n")
    assert "hush" not in outcome.stderr


def test_there_are_many_attempts() -> None:
    assert len(set(ATTEMPTS)) == len(ATTEMPTS) > 80
