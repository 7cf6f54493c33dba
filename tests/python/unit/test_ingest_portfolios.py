"""Specs of portfolios: what loads, what is refused and why, and that the rest is left alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest

from conftest import PROJECT_DIR, RunCli
from curvehouse.analytics.portfolios.options import CADENCES, METHODS, POLICIES
from curvehouse.analytics.portfolios.selection import SELECT_METRICS
from curvehouse.home import Home
from curvehouse.identity import backtest_id
from curvehouse.ingest import (
    ImportedBacktest,
    QuarantinedFile,
    ingest_equity,
    ingest_portfolios,
    ingest_runs,
    retract_paths,
)
from curvehouse.ingest import ReasonCode as Code
from curvehouse.ingest import portfolio_spec as specs
from curvehouse.ingest.standings import standings_sql
from curvehouse.status import read_status
from raw_rows import ledger_rows, rows_of
from run_folder import PlannedJob, RunFolder


def results_in(folder: Path) -> RunFolder:
    """A run of three curves and a job that landed nothing, and a run on drawn histories."""
    run = RunFolder(folder / "results" / "run")
    for number in range(3):
        run.land(n=number)
    run.add(PlannedJob({"n": 9}, status="crashed"))
    manifest = {"resample": "stationary_bootstrap"}
    RunFolder(folder / "results" / "drawn", "drawn", manifest=manifest).land(n=0)
    return run


@dataclass(frozen=True)
class Loaded:
    """A home that has loaded the results in a folder."""

    home: Home
    folder: Path
    run: RunFolder

    def ingest(self, *specs: Any) -> list[QuarantinedFile | None]:
        """Load specs in one batch; return what is wrong with each."""
        self.folder.joinpath("specs").mkdir(exist_ok=True)
        paths = [
            write(self.folder / "specs" / f"{number}.json", spec)
            for number, spec in enumerate(specs)
        ]
        found = {file.path: file for file in ingest_portfolios(self.home, paths).quarantined_files}
        return [found.get(str(path)) for path in paths]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder = tmp_path_factory.mktemp("portfolios")
    run, home = results_in(folder), Home(folder / "home")
    assert ingest_runs(home, [folder / "results"]).is_clean
    return Loaded(home, folder, run)


@pytest.fixture
def folder(home: Home, tmp_path: Path) -> RunFolder:
    run = results_in(tmp_path)
    ingest_runs(home, [tmp_path / "results"])
    return run


def spec_of(folder: RunFolder, **changes: Any) -> dict[str, Any]:
    members = [
        {"id": name, "backtest_id": folder.backtest_id(folder.jobs[number]), "policy": policy}
        for number, (name, policy) in enumerate(zip("abc", POLICIES, strict=False))
    ]
    return {
        "portfolio_id": "trend",
        "strategies": members,
        "rebalance_cadence": "monthly",
        "constraints": {"max_weight": 0.4, "min_strategies": 2},
        **changes,
    }


def write(path: Path, spec: Any) -> Path:
    path.write_text(spec if isinstance(spec, str) else json.dumps(spec))
    return path


def test_specs_load_skip_supersede_and_come_back(
    home: Home, folder: RunFolder, tmp_path: Path
) -> None:
    path = write(tmp_path / "p.json", spec_of(folder))
    before = len(ledger_rows(home))
    assert ingest_portfolios(home, [path]).loaded == 1
    assert ingest_portfolios(home, [path, path]).unchanged == 1
    write(path, spec_of(folder, cost_bps=5))
    assert ingest_portfolios(home, [path]).loaded == 1
    assert retract_paths(home, [path]) == 1
    assert ingest_portfolios(home, [path]).retracted == 1
    assert ingest_portfolios(home, [path], restore=True).loaded == 1
    statuses = ["loaded", "loaded", "retracted", "loaded"]
    assert ledger_rows(home, before) == [("portfolio", status) for status in statuses]
    assert rows_of(home, "select distinct dataset from raw.files where kind = 'portfolio'") == [
        ("trend",)
    ]
    status = read_status(home).working
    assert status is not None
    (files,) = [files for files in status.ledger.files if files.kind == "portfolio"]
    assert (files.in_force, files.superseded) == (1, 2)


def test_the_stored_spec_has_its_defaults_and_backtests(
    home: Home, folder: RunFolder, tmp_path: Path
) -> None:
    spec = spec_of(folder)
    del spec["strategies"][1]["policy"]
    ingest_portfolios(home, [write(tmp_path / "p.json", spec)])
    ((text,),) = rows_of(home, "select spec from raw.portfolios")
    stored = json.loads(text)
    assert stored["strategies"][1] == spec["strategies"][1] | {
        "equity_path": None,
        "policy": "equal",
    }
    assert stored["select"] is stored["portfolio_policy"] is None
    assert stored["cost_bps"] == 0


def test_members_by_the_path_of_their_curve(loaded: Loaded) -> None:
    job = loaded.run.jobs[1]
    inside = f"run/{job.strategy}/{job.param_hash}_equity.csv"
    ways = [
        str(loaded.run.file(job)),
        f"../results/{inside}",
        f"results/{inside}",
        inside,
        f"../specs/../results/{inside}",
    ]
    specs = [
        spec_of(loaded.run, portfolio_id=f"path_{number}", constraints={})
        | {"strategies": [{"id": "a", "equity_path": way, "policy": "equal"}]}
        for number, way in enumerate(ways)
    ]
    assert loaded.ingest(*specs) == [None] * 5
    stored = rows_of(
        loaded.home, "select spec from raw.portfolios where portfolio_id like 'path_%'"
    )
    found = {json.loads(text)["strategies"][0]["backtest_id"] for (text,) in stored}
    assert (len(stored), found) == (5, {loaded.run.backtest_id(job)})


def test_a_curve_that_was_imported_alone_may_be_named(home: Home, tmp_path: Path) -> None:
    curve = tmp_path / "mine.csv"
    curve.write_text("ts,equity\n2020-01-01,1\n2020-01-02,2\n")
    ingest_equity(home, curve, ImportedBacktest("mine", "by_hand"))
    spec = {
        "portfolio_id": "p",
        "rebalance_cadence": "daily",
        "strategies": [{"id": "a", "equity_path": "mine.csv", "policy": "kelly"}],
    }
    assert ingest_portfolios(home, [write(tmp_path / "p.json", spec)]).loaded == 1


def member(number: int, **changes: Any) -> Any:
    return lambda spec: spec["strategies"][number].update(changes)


def key(name: str, value: Any) -> Any:
    return lambda spec: spec.update({name: value})


REFUSED: dict[str, tuple[Any, Code, str]] = {
    "unknown id": (
        member(1, backtest_id="0123456789abcdef"),
        Code.UNKNOWN_MEMBER,
        "strategies.1.backtest_id",
    ),
    "duplicate member": (member(1, id="a"), Code.DUPLICATE_MEMBER, "strategies.1.id"),
    "weight above one": (
        key("constraints", {"max_weight": 1.5}),
        Code.IMPOSSIBLE_PORTFOLIO,
        "constraints.max_weight",
    ),
    "weight of nothing": (
        key("constraints", {"max_weight": 0}),
        Code.IMPOSSIBLE_PORTFOLIO,
        "constraints.max_weight",
    ),
    "negative minimum": (
        key("constraints", {"min_strategies": -1}),
        Code.IMPOSSIBLE_PORTFOLIO,
        "constraints.min_strategies",
    ),
    "minimum above the members": (
        key("constraints", {"min_strategies": 4}),
        Code.IMPOSSIBLE_PORTFOLIO,
        "constraints.min_strategies",
    ),
    "unknown policy": (member(0, policy="lucky"), Code.BAD_PORTFOLIO, "strategies.0.policy"),
    "unknown method": (
        key("portfolio_policy", "lucky"),
        Code.BAD_PORTFOLIO,
        "portfolio_policy",
    ),
    "unknown cadence": (
        key("rebalance_cadence", "yearly"),
        Code.BAD_PORTFOLIO,
        "rebalance_cadence",
    ),
    "no cadence": (
        lambda spec: spec.pop("rebalance_cadence"),
        Code.BAD_PORTFOLIO,
        "rebalance_cadence",
    ),
    "unknown key": (key("leverage", 2), Code.BAD_PORTFOLIO, "leverage"),
    "unknown key of a member": (member(2, wieght=1), Code.BAD_PORTFOLIO, "strategies.2.wieght"),
    "reserved name": (member(2, id="cash"), Code.BAD_PORTFOLIO, "strategies.2.id"),
    "no source": (member(2, backtest_id=None), Code.BAD_PORTFOLIO, "strategies.2"),
    "two sources": (member(2, equity_path="x"), Code.BAD_PORTFOLIO, "strategies.2"),
    "no members": (key("strategies", []), Code.BAD_PORTFOLIO, "strategies"),
    "members and a rule": (
        key("select", {"run_id": "run", "top": 2}),
        Code.BAD_PORTFOLIO,
        "select",
    ),
    "costs above all": (key("cost_bps", 5_000), Code.BAD_PORTFOLIO, "cost_bps"),
    "costs as text": (key("cost_bps", "5"), Code.BAD_PORTFOLIO, "cost_bps"),
    "bad name": (key("portfolio_id", "../x"), Code.BAD_PORTFOLIO, "portfolio_id"),
    "path that leads out": (
        lambda spec: spec["strategies"].append(
            {"id": "d", "equity_path": "../../../etc/passwd", "policy": "equal"}
        ),
        Code.PATH_OUTSIDE_FOLDER,
        "strategies.3.equity_path",
    ),
    "absolute path elsewhere": (
        lambda spec: spec["strategies"].append(
            {"id": "d", "equity_path": "/etc/passwd", "policy": "equal"}
        ),
        Code.PATH_OUTSIDE_FOLDER,
        "strategies.3.equity_path",
    ),
    "path of nothing": (
        lambda spec: spec["strategies"].append(
            {"id": "d", "equity_path": "results/run/trend/x_equity.csv", "policy": "equal"}
        ),
        Code.UNKNOWN_MEMBER,
        "strategies.3.equity_path",
    ),
}


def test_what_can_not_be_is_refused_with_field_and_reason(loaded: Loaded) -> None:
    good = spec_of(loaded.run, portfolio_id="good")
    specs = []
    for number, (change, _, _) in enumerate(REFUSED.values()):
        specs.append(spec_of(loaded.run, portfolio_id=f"bad_{number}"))
        change(specs[-1])
    for _ in range(2):
        *files, last = loaded.ingest(*specs, good)
        assert last is None
        for name, file in zip(REFUSED, files, strict=True):
            _, code, field = REFUSED[name]
            assert file is not None, name
            assert (file.code, f"'{field}'" in file.reason) == (code, True), (name, file.reason)
    sql = "select count(*) from raw.portfolios where portfolio_id"
    assert rows_of(loaded.home, f"{sql} like 'bad_%'") == [(0,)]
    assert rows_of(loaded.home, f"{sql} = 'good'") == [(1,)]
    # Mended, they load, and their quarantines end.
    mended = [spec_of(loaded.run, portfolio_id=f"bad_{number}") for number, _ in enumerate(REFUSED)]
    assert loaded.ingest(*mended, good) == [None] * (len(REFUSED) + 1)
    assert rows_of(
        loaded.home, f"select count(*) from ({standings_sql()}) where status = 'quarantined'"
    ) == [(0,)]


NO_SPECS = {
    "": "not usable JSON",
    "[1, 2]": "no JSON object",
    '{"portfolio_id": "a", "portfolio_id": "b"}': "stands twice",
    '{"cost_bps": NaN}': "not a number in JSON",
    '{"cost_bps": 1e999}': "too large",
    '{"portfolio_id": "\\ud800"}': "surrogates",
    "[" * 100_000: "not usable JSON",
}


def test_what_is_no_spec_is_refused(loaded: Loaded) -> None:
    for file, said in zip(loaded.ingest(*NO_SPECS), NO_SPECS.values(), strict=True):
        assert file is not None
        assert file.code is Code.BAD_PORTFOLIO
        assert said in file.reason


def test_other_encodings_are_refused(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_bytes('{"portfolio_id": "é"}'.encode("latin-1"))
    (file,) = ingest_portfolios(home, [path]).quarantined_files
    assert file.code is Code.WRONG_ENCODING


def test_members_without_returns_and_on_drawn_histories_are_refused(loaded: Loaded) -> None:
    none, drawn = (spec_of(loaded.run, portfolio_id=name) for name in ("none", "drawn"))
    none["strategies"][2]["backtest_id"] = loaded.run.backtest_id(loaded.run.jobs[3])
    job = loaded.run.jobs[0]
    drawn["strategies"][2]["backtest_id"] = backtest_id("drawn", job.strategy, job.param_hash)
    codes = [file and file.code for file in loaded.ingest(none, drawn)]
    assert codes == [Code.MEMBER_WITHOUT_RETURNS, Code.RESAMPLED_MEMBER]


RULES: list[tuple[dict[str, Any], Code | None]] = [
    ({"run_id": "run", "top": 2}, None),
    ({"run_id": "run", "metric": "calmar_ratio", "top": 50, "as_of": "rebalance"}, None),
    ({"run_id": "gone", "top": 2}, Code.UNKNOWN_MEMBER),
    ({"run_id": "drawn", "top": 2}, Code.RESAMPLED_MEMBER),
    ({"run_id": "run", "top": 1}, Code.IMPOSSIBLE_PORTFOLIO),
    ({"run_id": "run", "top": 0}, Code.BAD_PORTFOLIO),
    ({"run_id": "run", "top": 2, "metric": "luck"}, Code.BAD_PORTFOLIO),
    ({"run_id": "run", "top": 2, "as_of": "end"}, Code.BAD_PORTFOLIO),
]


def test_members_by_a_rule(loaded: Loaded) -> None:
    specs = []
    for number, (rule, _) in enumerate(RULES):
        specs.append(spec_of(loaded.run, portfolio_id=f"rule_{number}", select=rule))
        del specs[-1]["strategies"]
    # More than the run has, though not more than are asked for.
    specs.append(specs[1] | {"portfolio_id": "many", "constraints": {"min_strategies": 4}})
    codes = [file and file.code for file in loaded.ingest(*specs)]
    assert codes == [*(code for _, code in RULES), Code.IMPOSSIBLE_PORTFOLIO]


def test_two_files_of_one_name_in_one_batch_are_one_too_many(
    home: Home, folder: RunFolder, tmp_path: Path
) -> None:
    paths = [write(tmp_path / f"{name}.json", spec_of(folder)) for name in "ab"]
    report = ingest_portfolios(home, paths)
    assert report.loaded == 1
    (file,) = report.quarantined_files
    assert (file.code, file.path) == (Code.DUPLICATE_FILE, str(paths[1]))


def test_the_command_prints_counts_and_reasons(
    home: Home, folder: RunFolder, tmp_path: Path, run_cli: RunCli
) -> None:
    good = write(tmp_path / "good.json", spec_of(folder))
    bad = write(tmp_path / "bad.json", spec_of(folder, rebalance_cadence="yearly"))
    done = run_cli("ingest", "portfolios", good, bad)
    assert (done.exit_code, done.stdout) == (1, "loaded 1, unchanged 0, quarantined 1\n")
    assert "bad_portfolio: field 'rebalance_cadence'" in done.stderr
    assert run_cli("ingest", "portfolios", tmp_path / "none.json").exit_code == 2


def test_spec_and_kernel_know_the_same_names() -> None:
    assert get_args(specs.Policy) == POLICIES
    assert get_args(specs.Method) == METHODS
    assert get_args(specs.Cadence) == CADENCES
    assert get_args(specs.Metric) == SELECT_METRICS


def test_the_documented_schema_is_that_of_the_model() -> None:
    path = PROJECT_DIR / "docs" / "schemas" / "portfolio_spec.schema.json"
    assert json.loads(path.read_text()) == specs.portfolio_schema()
