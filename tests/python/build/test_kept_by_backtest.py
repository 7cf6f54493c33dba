"""Tables that are kept by backtest are what a build from scratch would make, whatever happened."""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from conftest import PROJECT_DIR, run_dbt
from curvehouse.build import run_build
from curvehouse.home import Home
from curvehouse.ingest import ingest_bars, ingest_factors, ingest_runs, retract_paths
from raw_rows import rows_of
from run_folder import TRADES_HEADER, PlannedJob, RunFolder, curve_csv
from tables import assert_equal_tables, read_tables

SCHEMAS = ("main", "intermediate")
# What rests on the curves alone, and what rests on more.
OF_CURVES = (
    "fct_equity_daily",
    "fct_rolling_daily",
    "fct_returns_monthly",
    "fct_returns_yearly",
    "fct_drawdowns",
    "int_backtest_statistics",
    "fct_backtest_uncertainty",
    "fct_backtest_regimes",
    "fct_regime_episodes",
    "fct_regime_transitions",
    "fct_factor_attribution",
    "fct_factor_exposures",
    "fct_factor_contributions",
    "fct_factor_contributions_monthly",
)
BESIDE_BENCHMARK = ("int_benchmark_statistics", "fct_rolling_beta_daily")
BY_MARKET = ("fct_regime_performance",)
OF_TRADES = ("fct_trades",)
# Hold what the last build was to fit, or fitted, and nobody but the tables above reads them.
FITTED = (
    "int_attributions_fitted",
    "int_backtest_regimes_labelled",
    "int_backtests_to_split",
    "int_benchmarks_measured",
    "int_betas_rolled",
    "int_bootstraps_fitted",
    "int_curves_measured",
    "int_curves_rolled",
    "int_market_states_fitted",
    "int_regime_performance_measured",
    "int_regimes_to_track",
)
# What pools is built anew every time, and takes as long as all the rest.
BUT_POOLED = (
    "--exclude",
    "int_portfolio_members+",
    "int_overfitting_measured+",
    "int_failure_clusters_fitted+",
    "int_failure_rules_fitted+",
)
# The models that a change of factors reaches, and all that they stand on.
ATTRIBUTION = ("--select", "+path:models/marts/attribution")
DAYS = 150


def zigzag(start: float, step: float) -> list[float]:
    return [start + step * (number % 7) + number for number in range(DAYS)]


def closes(shift: float) -> str:
    days = (date(2020, 1, 1) + timedelta(days=number) for number in range(DAYS))
    rows = (f"{day},{100 + shift + day.toordinal() % 5}\n" for day in days if day.weekday() < 5)
    return "date,close\n" + "".join(rows)


def factors(names: str, shift: int = 0) -> str:
    days = (date(2020, 1, 1) + timedelta(days=number) for number in range(DAYS))
    rows = (
        f"{day},{(day.toordinal() + shift) % 11 / 1e3},{day.toordinal() * day.day % 13 / 1e3}\n"
        for day in days
    )
    return f"date,{names}\n" + "".join(rows)


@dataclass(frozen=True)
class Computed:
    """Backtests that a build computed anew, by what their rows rest on."""

    of_curves: set[str]
    beside_benchmark: set[str]
    by_market: set[str]
    of_trades: set[str]


NOTHING = Computed(set(), set(), set(), set())


class Warehouse:
    """A home with one run (dense curves, a sparse one, trades without a curve) and factors."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = Home(folder / "home")
        self.run = RunFolder(folder / "results" / "run")
        self.dense = [self.run.land(curve_csv(zigzag(100, n)), n=n) for n in range(1, 4)]
        self.sparse = self.run.add(PlannedJob({"n": 10}, symbol="SPY"))
        self.run.file(self.sparse).write_text(
            "ts,equity\n2020-01-02,100\n2020-01-17,103\n2020-02-18,99\n2020-03-02,104\n"
        )
        self.trading = self.run.add(PlannedJob({"n": 11}, symbol="SPY"))
        self.run.file(self.trading, "trades").write_text(
            TRADES_HEADER + "1,SPY,long,2020-01-06,2020-01-20,10,100,101,1,9\n"
            "2,SPY,short,2020-02-03,2020-02-24,10,103,101,1,19\n"
        )
        self.load_bars(0)
        self.load_bars(7, "SP500")
        self.load_factors("first", "market,size")
        self.ingest()

    def ingest(self) -> None:
        assert ingest_runs(self.home, [self.run.path]).is_clean

    def load_bars(self, shift: float, symbol: str = "SPY") -> None:
        file = self.folder / f"{symbol}.csv"
        file.write_text(closes(shift))
        assert ingest_bars(self.home, file).is_clean

    def load_factors(self, name: str, names: str, shift: int = 0) -> Path:
        file = self.folder / f"{name}.csv"
        file.write_text(factors(names, shift))
        assert ingest_factors(self.home, file).is_clean
        return file

    def days_of(self, job: PlannedJob) -> int:
        query = "select count(*) from fct_equity_daily where backtest_id = "
        return int(rows_of(self.home, f"{query}'{self.run.backtest_id(job)}'")[0][0])

    def path_of(self, job: PlannedJob) -> Path:
        """Return where the ledger knows the job's file, which is in the folder that was copied."""
        query = "select file_path from raw.files where backtest_id = "
        return Path(rows_of(self.home, f"{query}'{self.run.backtest_id(job)}'")[0][0])

    def build(self, *arguments: str) -> Computed:
        """Run all models; return what was computed, which each table of a kind agrees on."""
        before = rows_of(self.home, "select max(landed_at) from operations.landed_versions")
        run_dbt(self.home, "run", *arguments, *BUT_POOLED)
        landed: defaultdict[str, set[str]] = defaultdict(set)
        for table, key in landed_after(self.home, before[0][0]):
            # Symbols have episodes too; a backtest has rows for each set of factors.
            parts = set(key.split("|"))
            landed[table] |= parts & self.all_ids()
        kinds = (OF_CURVES, BESIDE_BENCHMARK, BY_MARKET, OF_TRADES)
        for tables in kinds:
            assert all(landed[table] == landed[tables[0]] for table in tables), landed
        return Computed(*(landed[tables[0]] for tables in kinds))

    def ids(self, *jobs: PlannedJob) -> set[str]:
        return {self.run.backtest_id(job) for job in jobs}

    def all_ids(self) -> set[str]:
        return self.ids(*self.run.jobs)

    def everything(self) -> Computed:
        return Computed(self.all_ids(), self.all_ids(), self.all_ids(), self.ids(self.trading))

    def assert_as_from_scratch(self, *selection: str) -> None:
        selection = selection or BUT_POOLED
        other = Home(self.folder / "scratch")
        shutil.rmtree(other.root, ignore_errors=True)
        shutil.copytree(self.home.root, other.root, symlinks=True)
        run_dbt(other, "run", "--full-refresh", *selection)
        found, wanted = read_tables(self.home, *SCHEMAS), read_tables(other, *SCHEMAS)
        for tables in (found, wanted):
            for name in FITTED:
                tables.pop(f"intermediate.{name}")
        assert_equal_tables(found, wanted)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("kept"))
    run_dbt(warehouse.home, "build", "--exclude-resource-type", "unit_test")
    return warehouse


@pytest.fixture
def warehouse(built: Warehouse, tmp_path: Path) -> Warehouse:
    """A copy of the built warehouse, to do something to."""
    copy = Warehouse.__new__(Warehouse)
    copy.__dict__ = {**built.__dict__, "folder": tmp_path, "home": Home(tmp_path / "home")}
    shutil.copytree(built.folder, tmp_path, symlinks=True, dirs_exist_ok=True)
    # The same jobs, in the copied folder.
    copy.run = RunFolder.__new__(RunFolder)
    copy.run.__dict__ = {**built.run.__dict__, "path": tmp_path / "results" / "run"}
    copy.run.jobs = list(built.run.jobs)
    return copy


def test_the_first_build_holds_every_backtest(warehouse: Warehouse) -> None:
    assert [warehouse.days_of(job) for job in warehouse.dense] == [DAYS] * 3
    # Bars, on weekdays: from 2 January to 2 March, and from 6 January to 24 February.
    assert warehouse.days_of(warehouse.sparse) == 43
    assert warehouse.days_of(warehouse.trading) == 36


def test_nothing_new_computes_nothing(warehouse: Warehouse) -> None:
    before = read_tables(warehouse.home, *SCHEMAS)
    assert warehouse.build() == NOTHING
    after = read_tables(warehouse.home, *SCHEMAS)
    for name in FITTED:
        assert after.pop(f"intermediate.{name}").is_empty()
        before.pop(f"intermediate.{name}")
    assert_equal_tables(before, after)


def test_added_restated_and_retracted_curves_leave_nothing_behind(warehouse: Warehouse) -> None:
    restated, retracted, _ = warehouse.dense
    warehouse.run.file(restated).write_text(curve_csv(zigzag(200, 3)[:40]))
    added = warehouse.run.land(curve_csv(zigzag(50, 9)), n=4)
    warehouse.ingest()
    assert retract_paths(warehouse.home, [warehouse.path_of(retracted)]) == 1
    found = warehouse.ids(added, restated)
    assert warehouse.build() == Computed(found, found, found, set())
    days = [warehouse.days_of(job) for job in (added, restated, retracted)]
    assert days == [DAYS, 40, 0]
    warehouse.assert_as_from_scratch()


def test_other_bars_touch_only_what_stands_on_them(warehouse: Warehouse) -> None:
    warehouse.load_bars(1)
    realigned = warehouse.ids(warehouse.sparse, warehouse.trading)
    # All are split by the regimes of the symbol that they trade.
    assert warehouse.build() == Computed(
        realigned, realigned, warehouse.all_ids(), warehouse.ids(warehouse.trading)
    )
    warehouse.load_bars(9, "SP500")
    assert warehouse.build() == replace(NOTHING, beside_benchmark=warehouse.all_ids())
    warehouse.assert_as_from_scratch()


def test_a_changed_var_computes_all(warehouse: Warehouse) -> None:
    assert warehouse.build("--vars", "{volatility_window_bars: 5}") == warehouse.everything()


@pytest.mark.soak
def test_a_changed_model_is_built_from_scratch(warehouse: Warehouse, tmp_path: Path) -> None:
    project = tmp_path / "project"
    for name in ("models", "macros", "seeds", "tests/dbt"):
        shutil.copytree(PROJECT_DIR / name, project / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT_DIR / name, project)
    run_build(warehouse.home, project=project, publishes=False)
    model = project / "models" / "marts" / "performance" / "fct_equity_daily.sql"
    text = model.read_text()
    model.write_text(
        text.replace("    from returns_computed", "    from returns_computed where true")
    )
    assert text != model.read_text()
    before = rows_of(warehouse.home, "select max(landed_at) from operations.landed_versions")
    run_build(warehouse.home, project=project, publishes=False)
    query = "select count(distinct model_name), min(landed_at) from operations.landed_versions"
    ((tables, after),) = rows_of(warehouse.home, query)
    assert tables >= len((*OF_CURVES, *BESIDE_BENCHMARK, *BY_MARKET, *OF_TRADES))
    assert after > before[0][0]


def test_a_model_that_fails_keeps_what_it_had(warehouse: Warehouse) -> None:
    before = read_tables(warehouse.home, "main", "operations")
    warehouse.run.file(warehouse.dense[0]).write_text(curve_csv(zigzag(300, 1)))
    warehouse.ingest()
    with pytest.raises(AssertionError, match="went wrong"):
        run_dbt(
            warehouse.home, "run", "--select", "+fct_equity_daily", "--vars",
            "{default_starting_cash: cast(error('went wrong') as double)}",
        )  # fmt: skip
    after = read_tables(warehouse.home, "main", "operations")
    for name in ("main.fct_equity_daily", "operations.landed_versions"):
        assert_equal_tables({name: before[name]}, {name: after[name]})
    found = warehouse.ids(warehouse.dense[0])
    assert warehouse.build() == Computed(found, found, found, set())


@pytest.mark.soak
def test_a_part_of_the_project_catches_up_later(warehouse: Warehouse) -> None:
    added = warehouse.run.land(curve_csv(zigzag(50, 9)), n=4)
    warehouse.ingest()
    # Versions move on, the daily rows don't: what follows the daily rows has nothing to do.
    run_dbt(warehouse.home, "run", "--exclude", "fct_equity_daily")
    assert warehouse.days_of(added) == 0
    run_dbt(warehouse.home, "run", "--select", "fct_equity_daily")
    assert warehouse.days_of(added) == DAYS
    run_dbt(warehouse.home, "run")
    warehouse.assert_as_from_scratch()


def attributed(home: Home, factor_set: str) -> dict[str, pl.DataFrame]:
    tables = read_tables(home, "main")
    return {
        name: tables[f"main.{name}"].filter(pl.col("factor_set") == factor_set)
        for name in OF_CURVES
        if name.startswith("fct_factor")
    }


def landed_after(home: Home, moment: object) -> set[tuple[str, str]]:
    query = f"from operations.landed_versions where landed_at > '{moment}'"
    return set(rows_of(home, f"select model_name, backtest_id {query}"))


def test_factor_sets_come_and_go_each_by_itself(warehouse: Warehouse) -> None:
    first = attributed(warehouse.home, "first")
    statuses = first["fct_factor_attribution"]["fit_status"].unique().to_list()
    assert sorted(statuses) == ["ok", "too_short"]
    ((moment,),) = rows_of(warehouse.home, "select max(landed_at) from operations.landed_versions")
    second = warehouse.load_factors("second", "market,momentum", shift=3)
    # A table that lags behind its siblings catches up.
    run_dbt(warehouse.home, "run", *ATTRIBUTION, "--exclude", "fct_factor_exposures")
    assert attributed(warehouse.home, "second")["fct_factor_exposures"].is_empty()
    run_dbt(warehouse.home, "run", *ATTRIBUTION)
    # Nothing of the first was touched, or computed again.
    for name, rows in attributed(warehouse.home, "first").items():
        assert rows.equals(first[name])
    assert {name for name, _ in landed_after(warehouse.home, moment)} == set(first)
    with_second = attributed(warehouse.home, "second")
    assert [rows.height for rows in with_second.values()] == [
        rows.height for rows in first.values()
    ]

    # A changed set takes only its own rows away, and a changed curve those of both.
    warehouse.load_factors("second", "market,momentum", shift=5)
    warehouse.run.file(warehouse.dense[0]).write_text(curve_csv(zigzag(300, 1)))
    warehouse.ingest()
    run_dbt(warehouse.home, "run", *ATTRIBUTION)
    (restated,) = warehouse.ids(warehouse.dense[0])
    for name, rows in attributed(warehouse.home, "first").items():
        others = pl.col("backtest_id") != restated
        assert rows.filter(others).equals(first[name].filter(others))
        assert not rows.equals(first[name])
        assert not attributed(warehouse.home, "second")[name].equals(with_second[name])
    warehouse.assert_as_from_scratch(*ATTRIBUTION)

    assert retract_paths(warehouse.home, [second]) == 1
    run_dbt(warehouse.home, "run", *ATTRIBUTION)
    assert all(rows.is_empty() for rows in attributed(warehouse.home, "second").values())
