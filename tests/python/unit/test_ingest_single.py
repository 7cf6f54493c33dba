"""Files that are a batch of their own: bars, factors, imported curves."""

from __future__ import annotations

import gc
import json
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from curvehouse.errors import InvalidInputError, UsageError
from curvehouse.home import Home
from curvehouse.identity import backtest_id, param_hash
from curvehouse.ingest import (
    ImportedBacktest,
    ReasonCode,
    ingest_bars,
    ingest_equity,
    ingest_factors,
    ingest_runs,
    parse_params,
)
from curvehouse.ingest.session import ingest_session
from raw_rows import active_curves, rows_of, table_counts
from run_folder import RunFolder, curve_csv


@pytest.fixture
def closes(tmp_path: Path) -> Path:
    path = tmp_path / "closes.csv"
    path.write_text("date,A,B\n2020-01-01,1,2\n2020-01-02,3,\n")
    return path


@pytest.fixture
def curve(tmp_path: Path) -> Path:
    path = tmp_path / "curve.csv"
    path.write_text(curve_csv([1, 2, 3]))
    return path


def test_bars_load_skip_supersede_and_quarantine(home: Home, closes: Path) -> None:
    assert ingest_bars(home, closes).loaded == 1
    assert ingest_bars(home, closes).unchanged == 1
    closes.write_text("date,A,B\n2020-01-01,5,6\n")
    assert ingest_bars(home, closes).loaded == 1
    closes.write_text("date,A,B\n2020-01-01,5,-6\n")
    for _ in range(2):
        (file,) = ingest_bars(home, closes).quarantined_files
        assert (file.code, file.line) == (ReasonCode.NON_POSITIVE_PRICE, 2)
    assert rows_of(
        home, "select load_id, dataset, status, row_count from raw.files order by load_id"
    ) == [
        (1, "closes", "loaded", 3),
        (2, "closes", "loaded", 2),
        (3, "closes", "quarantined", None),
    ]
    assert rows_of(home, "select count(file_sha256) from raw.files") == [(3,)]
    assert rows_of(
        home, "select load_id, symbol, close from raw.bars order by load_id, symbol, ts"
    ) == [(1, "A", 1.0), (1, "A", 3.0), (1, "B", 2.0), (2, "A", 5.0), (2, "B", 6.0)]
    assert table_counts(home)["calendars"] == 2


def test_bars_of_another_symbol_are_another_data_set(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "close.csv"
    path.write_text("date,close\n2020-01-01,1\n")
    for symbol in (None, "SPY", "QQQ"):
        assert ingest_bars(home, path, symbol).loaded == 1
    assert rows_of(
        home, "select dataset, symbol from raw.files join raw.bars using (load_id) order by load_id"
    ) == [("close", "close"), ("SPY", "SPY"), ("QQQ", "QQQ")]


def test_bars_with_a_symbol_too_many_change_nothing(home: Home, closes: Path) -> None:
    with pytest.raises(InvalidInputError, match="leave out"):
        ingest_bars(home, closes, "SPY")
    assert set(table_counts(home).values()) == {0}


def test_factors_have_roles_and_positions(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "french.csv"
    path.write_text("date,SMB,mkt,RF\n20200101,1,2,0.5\n")
    assert ingest_factors(home, path, is_percent=True, total_return=["mkt"]).loaded == 1
    assert rows_of(
        home,
        "select factor_set, factor, kind, factor_position, factor_date, factor_return "
        "from raw.factors order by factor_position",
    ) == [
        ("french", "SMB", "excess", 1, date(2020, 1, 1), 0.01),
        ("french", "mkt", "total_return", 2, date(2020, 1, 1), 0.02),
        ("french", "RF", "rf", 3, date(2020, 1, 1), 0.005),
    ]


def test_factors_read_another_way_are_a_changed_file(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("date,a\n20200101,1\n")
    assert ingest_factors(home, path, factor_set="s").loaded == 1
    assert ingest_factors(home, path, factor_set="s").unchanged == 1
    assert ingest_factors(home, path, factor_set="s", is_percent=True).loaded == 1
    assert ingest_factors(home, path, factor_set="other").loaded == 1
    assert rows_of(
        home, "select dataset, settings::json ->> 'percent' from raw.files order by load_id"
    ) == [("s", "false"), ("s", "true"), ("other", "false")]


def test_factors_with_faults(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("date,rf,RF\n20200101,1,1\n")
    (file,) = ingest_factors(home, path).quarantined_files
    assert file.code is ReasonCode.DUPLICATE_COLUMN
    path.write_text("date,a,Risk_Free\n20200101,1,1\n")
    (file,) = ingest_factors(home, path).quarantined_files
    assert (file.code, "the risk-free rate rf" in file.reason) == (
        ReasonCode.DUPLICATE_COLUMN,
        True,
    )
    path.write_text("date,a,rf\n20200101,1,1\n")
    for name in ("b", "rf"):
        with pytest.raises(UsageError, match="names no factor"):
            ingest_factors(home, path, total_return=[name])
    assert table_counts(home)["factors"] == 0


def test_an_imported_curve_is_its_own_job(home: Home, curve: Path) -> None:
    imported = ImportedBacktest("mine", "fund", {"b": 1, "a": "x"}, symbol="SPY", seed=3)
    assert ingest_equity(home, curve, imported).loaded == 1
    key = param_hash({"b": 1, "a": "x", "symbol": "SPY", "seed": 3})
    subject = backtest_id("mine", "fund", key)
    assert rows_of(
        home,
        "select load_id, backtest_id, param_hash, params, symbol, seed, status from raw.jobs",
    ) == [(1, subject, key, '{"a": "x", "b": 1}', "SPY", 3, "ok")]
    assert rows_of(home, "select kind, backtest_id, row_count from raw.files") == [
        ("equity", subject, 3)
    ]
    assert table_counts(home)["runs"] == 0
    assert active_curves(home) == {subject: [1.0, 2.0, 3.0]}


def test_an_imported_curve_loads_skips_supersedes_and_is_quarantined(
    home: Home, curve: Path
) -> None:
    imported = ImportedBacktest("mine", "fund")
    assert ingest_equity(home, curve, imported).loaded == 1
    assert ingest_equity(home, curve, imported).unchanged == 1
    curve.write_text(curve_csv([4, 5]))
    assert ingest_equity(home, curve, imported).loaded == 1
    curve.write_text(curve_csv([4, 5, "x"]))
    (file,) = ingest_equity(home, curve, imported).quarantined_files
    assert (file.code, file.line) == (ReasonCode.BAD_NUMBER, 4)
    assert list(active_curves(home).values()) == [[4.0, 5.0]]
    assert table_counts(home) | {"files": 3, "jobs": 2, "calendars": 1} == table_counts(home)


def test_unusual_columns_can_be_named(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("when,NAV_USD,equity\n2020-01-01,1,9\n2020-01-02,2,9\n")
    imported = ImportedBacktest("mine", "fund")
    (file,) = ingest_equity(home, path, imported, ts_column="When").quarantined_files
    assert file.code is ReasonCode.MISSING_COLUMN
    named = ingest_equity(home, path, imported, ts_column="when", equity_column="NAV_USD")
    assert named.loaded == 1
    assert list(active_curves(home).values()) == [[1.0, 2.0]]
    assert ingest_equity(home, path, imported, ts_column="when").loaded == 1
    assert list(active_curves(home).values()) == [[9.0, 9.0]]


def test_imported_curves_are_named_safely(home: Home, curve: Path, tmp_path: Path) -> None:
    swept = RunFolder(tmp_path / "run")
    ingest_runs(home, [swept.path])
    for imported in (
        ImportedBacktest("../x", "fund"),
        ImportedBacktest("run", "fund"),
        ImportedBacktest("mine", ""),
        ImportedBacktest("mine", "fund", {"seed": 1}),
        ImportedBacktest("mine", "fund", starting_cash=float("inf")),
    ):
        with pytest.raises(UsageError):
            ingest_equity(home, curve, imported)
    assert table_counts(home)["equity"] == 0


def test_missing_files_are_a_matter_of_usage(home: Home, tmp_path: Path) -> None:
    for path in (tmp_path / "gone.csv", tmp_path):
        with pytest.raises(UsageError):
            ingest_bars(home, path)
        with pytest.raises(UsageError):
            ingest_factors(home, path)
        with pytest.raises(UsageError):
            ingest_equity(home, path, ImportedBacktest("mine", "fund"))
    assert not home.root.exists()


def test_params_are_typed_by_how_they_are_written() -> None:
    pairs = ["a=1", "b=-2.5e3", "c=.5", "d=true", "e=null", 'f="1"', "g=1.2.3", "h=", "i=a=b"]
    assert parse_params(pairs) == {
        "a": 1,
        "b": -2500.0,
        "c": 0.5,
        "d": True,
        "e": None,
        "f": "1",
        "g": "1.2.3",
        "h": "",
        "i": "a=b",
    }
    assert json.dumps(parse_params(["a=1"])) == '{"a": 1}'


@pytest.mark.parametrize("pairs", [["a"], ["=1"], ["a=1", "a=2"], ['a="x'], ["a=1e999"]])
def test_malformed_params_are_refused(pairs: list[str]) -> None:
    with pytest.raises(UsageError):
        parse_params(pairs)


def test_memory_is_what_the_variable_says(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CURVEHOUSE_MEMORY_LIMIT", raising=False)
    with ingest_session(home, "test") as connection:
        assert connection.sql("select current_setting('memory_limit')").fetchall() == [("1.8 GiB",)]
    monkeypatch.setenv("CURVEHOUSE_MEMORY_LIMIT", "3GiB")
    with ingest_session(home, "test") as connection:
        assert connection.sql("select current_setting('memory_limit')").fetchall() == [("3.0 GiB",)]
    monkeypatch.setenv("CURVEHOUSE_MEMORY_LIMIT", "much")
    wrong = pytest.raises(UsageError, match="CURVEHOUSE_MEMORY_LIMIT is 'much'")
    with wrong, ingest_session(home, "test"):
        pass


@pytest.mark.parametrize("was_on", [True, False])
def test_cycles_are_looked_for_after_a_load_as_before_it(home: Home, was_on: bool) -> None:
    (gc.enable if was_on else gc.disable)()
    try:
        with suppress(KeyError), ingest_session(home, "test"):
            assert not gc.isenabled()
            raise KeyError
        assert gc.isenabled() is was_on
    finally:
        gc.enable()
