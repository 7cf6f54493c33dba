"""Files of other backtesters: recognised, landed whole or not at all, and noted."""

from __future__ import annotations

import gzip
import json
import pickle
import re
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import PROJECT_DIR, RunCli
from curvehouse.errors import UsageError
from curvehouse.home import Home
from curvehouse.ingest import (
    ImportedBacktest,
    ReasonCode,
    ResultOptions,
    ingest_equity,
    ingest_results,
    retract_paths,
)
from curvehouse.ingest.prepared import prepare
from curvehouse.readers.tools import SourceFile
from curvehouse.readers.tools.recognition import reader_of
from curvehouse.readers.tools.registry import READER_GROUP
from extension_packages import install
from landed import landed_curves
from raw_rows import ledger_rows, rows_of, table_counts

CURVE = """,Equity,DrawdownPct,DrawdownDuration
2020-01-01,100,0,
2020-01-02,101,0,
2020-01-03,99,0.02,
"""
LEVELS = """fast,1,1,2
slow,5,9,9
Date,,,
2020-01-01,100,100,100
2020-01-02,101,102,
2020-01-03,99,-1,103
"""


@pytest.fixture
def curve(tmp_path: Path) -> Path:
    path = tmp_path / "equity.csv"
    path.write_text(CURVE)
    return path


def said(**names: object) -> ResultOptions:
    return ResultOptions(**{"run_id": "r", "strategy": "s", **names})  # type: ignore[arg-type]


def test_a_file_loads_skips_supersedes_and_is_retracted(home: Home, curve: Path) -> None:
    assert ingest_results(home, [curve], said()).loaded == 1
    assert ingest_results(home, [curve], said()).unchanged == 1
    curve.write_text(CURVE.replace("99,", "98,"))
    assert ingest_results(home, [curve], said()).loaded == 1
    assert landed_curves(home, "r")["s", "{}"].tolist() == [100, 101, 98]
    # Other words for what it says make it a changed file.
    assert ingest_results(home, [curve], said(starting_cash=99.0)).loaded == 1
    assert ingest_results(home, [curve], said(timezone="Europe/Berlin")).loaded == 1
    assert rows_of(home, "select settings from raw.files order by load_id") == [
        ('{"format": "backtesting_py"}',),
        ('{"format": "backtesting_py"}',),
        ('{"format": "backtesting_py", "starting_cash": 99.0}',),
        ('{"format": "backtesting_py", "timezone": "Europe/Berlin"}',),
    ]
    assert retract_paths(home, [curve]) == 1
    assert ingest_results(home, [curve], said(timezone="Europe/Berlin")).retracted == 1
    assert landed_curves(home, "r") == {}
    assert ingest_results(home, [curve], said(timezone="Europe/Berlin", restore=True)).loaded == 1


def test_each_curve_of_a_wide_file_stands_for_itself(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "value.csv"
    path.write_text(LEVELS)
    report = ingest_results(home, [path], said())
    (file,) = report.quarantined_files
    assert (report.loaded, file.code, file.line) == (2, ReasonCode.NON_POSITIVE_EQUITY, 6)
    assert file.reason.startswith("column 'fast=1, slow=9' has the equity '-1.0'")
    assert {json.loads(params)["slow"] for _, params in landed_curves(home, "r")} == {5, 9}
    assert rows_of(
        home, "select count(*), count(distinct loaded_at) from raw.files where backtest_id > ''"
    ) == [(3, 1)]
    report = ingest_results(home, [path], said())
    assert (report.loaded, report.unchanged, report.quarantined) == (0, 2, 1)
    path.write_text(LEVELS.replace("-1", "98"))
    assert ingest_results(home, [path], said()).loaded == 3
    assert rows_of(
        home,
        "select count(*) from (select arg_max(status, load_id) as status from raw.files "
        "group by param_hash) where status = 'quarantined'",
    ) == [(0,)]


def test_faults_that_were_retracted_stay_out(home: Home, tmp_path: Path) -> None:
    path, bad = tmp_path / "value.csv", tmp_path / "bad.csv"
    path.write_text(LEVELS)
    bad.write_text("nothing\n")
    report = ingest_results(home, [path, bad], said())
    assert (report.loaded, report.quarantined) == (2, 2)
    assert retract_paths(home, [path, bad]) == 4
    report = ingest_results(home, [path, bad], said())
    assert (report.loaded, report.quarantined, report.retracted) == (0, 0, 4)
    report = ingest_results(home, [path, bad], said(restore=True))
    assert (report.loaded, report.quarantined) == (2, 2)
    alone = ImportedBacktest("r", "alone")
    assert ingest_equity(home, bad, alone).quarantined == 1
    assert retract_paths(home, [bad]) == 2
    assert ingest_equity(home, bad, alone).retracted == 1


def test_what_the_file_cannot_say_is_asked_for(home: Home, curve: Path) -> None:
    for options, message in (
        (said(strategy=None), "doesn't say which strategy it is of: name one with --strategy"),
        (said(format_name="nothing"), "'nothing' is unknown; choose among backtesting_py, bt, "),
        (said(format_name="returns"), "the format returns needs --returns simple|log"),
        (said(values={"unit": "percent"}), "--unit says nothing about the format backtesting_py"),
        (said(run_id="a/b"), "run_id 'a/b' is not usable"),
        (said(params={"symbol": "X"}), "symbol is not one of --params"),
    ):
        with pytest.raises(UsageError) as error:
            ingest_results(home, [curve], options)
        assert message in str(error.value)
    with pytest.raises(UsageError, match="doesn't exist"):
        ingest_results(home, [curve, curve.with_name("gone.csv")], said())
    assert not home.working_file.exists()


BAD: dict[str, tuple[str, bytes, dict[str, object], str, str]] = {
    "empty": ("a.csv", b"", {}, "truncated", "is empty"),
    "of nobody": (
        "a.csv",
        b"date,equity\n2020-01-01,1\n",
        {},
        "unknown_format",
        "backtesting_py, bt, ",
    ),
    "of another tool": (
        "a.csv",
        CURVE.encode(),
        {"format_name": "pyfolio"},
        "wrong_tool",
        "pyfolio's",
    ),
    "of another one": (
        "a.csv",
        LEVELS.encode(),
        {"format_name": "backtesting_py"},
        "wrong_tool",
        "_trades",
    ),
    "pickle": ("a.pkl", pickle.dumps([1]), {}, "unknown_format", "never read"),
    "pickle with a format": (
        "a.pkl",
        pickle.dumps([1]),
        {"format_name": "wide"},
        "unknown_format",
        "never read",
    ),
    "cut gzip": ("a.gz", gzip.compress(CURVE.encode())[:-9], {}, "truncated", "gzip"),
    "bomb": ("a.gz", gzip.compress(b"0" * 9999), {"max_bytes": 999}, "too_large", "unpacks"),
    "too large": ("a.csv", CURVE.encode(), {"max_bytes": 20}, "too_large", "not up to 20"),
    "cut Parquet": ("a.parquet", b"PAR1 and no more", {}, "truncated", "Parquet"),
    "UTF-16": ("a.csv", CURVE.encode("utf-16"), {}, "wrong_encoding", "UTF-16"),
    "open quote": ("a.csv", b'a,"b\n1,2\n', {}, "bad_row", "CSV"),
    "level without a name": (
        "a.csv",
        LEVELS.replace("slow", "").encode(),
        {"format_name": "vectorbt"},
        "missing_column",
        "--columns",
    ),
    "twice": (
        "a.csv",
        LEVELS.replace("5,9,9", "9,9,9").encode(),
        {},
        "several_backtests",
        "column 'fast=1, slow=9' a second time",
    ),
    "other levels": (
        "a.csv",
        LEVELS.encode(),
        {"values": {"columns": "x"}},
        "missing_column",
        "2 levels",
    ),
    "no times": (
        "a.csv",
        b"d,a\nx,1\n",
        {"format_name": "wide"},
        "missing_column",
        "begin with a date",
    ),
    "other strategies": (
        "a.csv",
        b"d,a,b\n2020-01-01,1,2\n",
        {"format_name": "wide"},
        "several_backtests",
        "no column of the strategy 's' among a, b",
    ),
    "JSON of nobody": ("a.json", b'{"a": ', {}, "unknown_format", "--format"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_files_have_a_reason(tmp_path: Path, kind: str) -> None:
    name, data, names, code, words = BAD[kind]
    path, options = tmp_path / name, said(**names)
    path.write_bytes(data)
    fault = prepare(
        path,
        partial(SourceFile.open, path, max_bytes=options.max_bytes),
        partial(reader_of, format_name=options.format_name),
        options,
    ).fault
    assert fault is not None
    assert fault.code is ReasonCode(code)
    assert words in fault.reason
    assert "\n" not in fault.reason


def test_bad_files_are_quarantined_until_they_are_good(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "equity.csv"
    path.write_text("date,equity\n2020-01-01,1\n")
    for _ in range(2):
        (file,) = ingest_results(home, [path], said()).quarantined_files
        assert (file.path, file.code) == (str(path), ReasonCode.UNKNOWN_FORMAT)
    assert ledger_rows(home) == [("results", "quarantined")]
    # The table of files takes no kind that it doesn't know, and would stop the publication.
    described = (PROJECT_DIR / "models/marts/operations/_operations__models.yml").read_text()
    assert re.search(r"values: \[manifest, .*\bresults\b.*\]", described)
    counts = table_counts(home)
    assert sum(counts.values()) == counts["files"] == 1
    path.write_text(CURVE)
    assert ingest_results(home, [path], said()).loaded == 1
    assert ledger_rows(home)[1:] == [("equity", "loaded"), ("results", "cleared")]


def test_one_bad_file_does_not_stop_the_others(home: Home, curve: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("nothing\n")
    report = ingest_results(home, [bad, curve], said())
    assert (report.loaded, report.quarantined) == (1, 1)


READERS = """
from curvehouse.readers.tools import ToolReader, ToolResult

def fails(source, options):
    return {}["missing"]

FAILS = ToolReader("fails", "fails", lambda source: source.data == b"fails", fails)
ALIKE = ToolReader("alike", "fails", lambda source: b"DrawdownPct" in source.data, fails)
ODD = ToolReader("odd", "odd", lambda source: False, lambda source, options: 5)
EMPTY = ToolReader("empty", "none", lambda source: False, lambda source, options: ToolResult(()))
"""


def test_readers_of_other_packages(home: Home, curve: Path, tmp_path: Path) -> None:
    names = {"fails": "FAILS", "alike": "ALIKE", "odd": "ODD", "empty": "EMPTY"}
    (tmp_path / "x").write_bytes(b"fails")
    with install(tmp_path, "odd_readers", READERS, names, group=READER_GROUP):
        report = ingest_results(home, [tmp_path / "x", curve], said())
        beyond, both = report.quarantined_files
        assert beyond.reason.startswith("is beyond the reader fails (KeyError: 'missing')")
        assert "is recognised by alike and backtesting_py; choose with --format" in both.reason
        with pytest.raises(UsageError, match="returned a int and no ToolResult"):
            ingest_results(home, [curve], said(format_name="odd"))
        (file,) = ingest_results(home, [curve], said(format_name="empty")).quarantined_files
        assert file.code is ReasonCode.NO_RESULT
    with (
        install(tmp_path, "broken", "import no_such", {"broken": "X"}, group=READER_GROUP),
        pytest.raises(UsageError, match="can't be loaded from 'broken:X'"),
    ):
        ingest_results(home, [curve], said(format_name="broken"))


def test_levels_from_parquet_and_gzip(home: Home, tmp_path: Path) -> None:
    packed = tmp_path / "value.csv.gz"
    packed.write_bytes(gzip.compress(LEVELS.replace("-1", "98").encode()))
    plain = tmp_path / "dates.parquet"
    days = pa.array([18262, 18263, 18264], pa.int32()).cast(pa.date32())
    pq.write_table(pa.table({"date": days, "a": [1, 2, 3], "b": [1.5, None, 2]}), plain)
    assert ingest_results(home, [packed], said()).loaded == 3
    report = ingest_results(home, [plain], said(strategy=None, format_name="wide", run_id="p"))
    assert report.loaded == 2
    assert landed_curves(home, "p")["b", "{}"].tolist() == [1.5, 2]


def test_the_command_says_what_it_understood(
    home: Home, curve: Path, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(curve.parent)
    words = ["ingest", "results", "equity.csv", "--run-id", "r"]
    outcome = run_cli(*words, "--strategy", "s", "--params", "fast=5", "slow=0.5", "--seed", "3")
    assert (outcome.exit_code, outcome.stdout) == (0, "loaded 1, unchanged 0, quarantined 0\n")
    assert outcome.stderr == "equity.csv: backtesting_py, 1 curve\n"
    assert list(landed_curves(home, "r")) == [("s", '{"fast": 5, "slow": 0.5}')]
    outcome = run_cli(*words)
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith("curvehouse: equity.csv doesn't say which strategy")
    outcome = run_cli(*words, "--strategy", "s", "--unit=cents", "--format", "returns")
    assert (outcome.exit_code, outcome.stderr) == (
        2,
        "curvehouse: --unit 'cents' is not one of fraction, percent.\n",
    )
    for last, message in (("--unit", "--unit needs a value"), ("--no-such", "No such option")):
        outcome = run_cli(*words, last)
        assert outcome.exit_code == 2
        assert message in outcome.stderr
    outcome = run_cli(*words, "--format", "pyfolio")
    assert (outcome.exit_code, outcome.stdout) == (1, "loaded 0, unchanged 0, quarantined 1\n")
    shown = run_cli("ingest", "results", "--help").stdout
    assert "--returns simple|log: what they are" in shown
