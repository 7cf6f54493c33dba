"""Artefacts: read from the published file, valid against their schemas, put in place whole."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest

from conftest import PROJECT_DIR, Demo, Manifest, RunCli
from curvehouse.export import known_kinds, schema_of
from curvehouse.export.kind import load_schema
from curvehouse.home import Home
from curvehouse.publish.writer import write_publication
from warehouses import make_built_home, rows

PACKAGED = PROJECT_DIR / "python" / "curvehouse" / "export" / "schemas"
DOCUMENTED = PROJECT_DIR / "docs" / "schemas"
DESIGNED_KEYS = "run_id created_at strategies param_grid seeds total_jobs flags".split()


def published_runs(home: Home, manifests: dict[str, str | None]) -> Home:
    """Publish something, and add runs with these manifests to it."""
    write_publication(make_built_home(home), PROJECT_DIR)
    published = home.published_file.resolve()
    published.chmod(0o644)
    with duckdb.connect(str(published)) as connection:
        connection.execute("create table dim_runs (run_id varchar, manifest varchar)")
        for run in manifests.items():
            connection.execute("insert into dim_runs values (?, ?)", run)
    return home


def export(run_cli: RunCli, kind: str, run_id: str, out: Path) -> tuple[Path, dict[str, Any]]:
    outcome = run_cli("export", kind, "--run", run_id, "--out", out)
    assert outcome.exit_code == 0, outcome.stderr
    path = Path(outcome.stdout.rstrip("\n"))
    assert [path] == list(out.iterdir())
    return path, valid(path, kind)


def valid(path: Path, kind: str) -> dict[str, Any]:
    """Read an artefact, which is valid against the schema in the documentation."""
    content: dict[str, Any] = json.loads(path.read_text())
    schema = json.loads((DOCUMENTED / f"{kind}.schema.json").read_text())
    jsonschema.validate(content, schema, cls=jsonschema.Draft202012Validator)
    return content


@pytest.fixture
def demo_home(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("CURVEHOUSE_HOME", str(demo.home.root))
    return demo.home


def test_a_sweeps_manifest_is_the_one_it_wrote(
    demo_home: Home, run_cli: RunCli, tmp_path: Path
) -> None:
    path, content = export(run_cli, "manifest", "demo", tmp_path / "deep" / "out")
    written = demo_home.root / "results" / "demo" / "batch_run_manifest.json"
    assert path.name == "batch_run_manifest.json"
    assert content == json.loads(written.read_text())
    assert list(content)[: len(DESIGNED_KEYS)] == DESIGNED_KEYS
    assert "bars_sha256" in content


def test_a_summary_is_the_row_of_the_table(
    demo_home: Home, run_cli: RunCli, tmp_path: Path
) -> None:
    path, content = export(run_cli, "summary", "demo", tmp_path)
    assert path.name == "summary_demo.json"
    (row,) = rows(demo_home, "from fct_run_summary where run_id = 'demo'")
    assert tuple(content.values())[:-1] == row
    strategies = rows(
        demo_home,
        "select * exclude (run_id) from fct_run_strategy_summary where run_id = 'demo' "
        "order by strategy, symbol",
    )
    assert [tuple(strategy.values()) for strategy in content["strategies"]] == strategies
    assert (content["planned_count"], content["failure_rate"]) == (130, 0)


def test_regimes_are_the_labels_of_the_symbols_of_the_run(
    demo_home: Home, run_cli: RunCli, tmp_path: Path
) -> None:
    path, content = export(run_cli, "regimes", "demo", tmp_path)
    assert path.name == "regimes_demo.json"
    symbols = [entry["symbol"] for entry in content["symbols"]]
    assert symbols == ["AAPL", "JPM", "KO", "SP500", "XOM"]
    index = content["symbols"][3]["labels"]
    wanted = rows(
        demo_home,
        "select strftime(ts, '%Y-%m-%dT00:00:00Z'), vol_band, trend_bucket, regime "
        "from fct_market_regimes where symbol = 'SP500' order by ts",
    )
    assert [tuple(label.values()) for label in index] == wanted
    assert list(index[0]) == ["ts", "vol_band", "trend_bucket", "regime"]
    assert (index[0]["regime"], index[-1]["regime"]) == (None, "LowVol-Down")


def test_a_run_without_market_regimes_is_told(home: Home, run_cli: RunCli, tmp_path: Path) -> None:
    published_runs(home, {"mine": "{}"})
    with duckdb.connect(str(home.published_file.resolve())) as connection:
        connection.execute(
            "create table fct_market_regimes "
            "(symbol varchar, ts timestamp, vol_band int, trend_bucket int, regime int)"
        )
        connection.execute(
            "create table fct_regime_performance (backtest_id varchar, regime_symbol varchar)"
        )
        connection.execute("create table dim_backtests (backtest_id varchar, run_id varchar)")
    outcome = run_cli("export", "regimes", "--run", "mine", "--out", tmp_path / "out")
    assert outcome.exit_code == 2
    assert "there are no bars of its symbols" in outcome.stderr
    assert not (tmp_path / "out").exists()


def test_an_attribution_is_the_rows_of_the_tables(
    demo_home: Home, run_cli: RunCli, tmp_path: Path
) -> None:
    path, content = export(run_cli, "attribution", "demo", tmp_path)
    assert path.name == "attribution_demo.json"
    found = content["attributions"]
    wanted = rows(
        demo_home,
        """
        select backtest_id, factor_set, estimation_window, beta_market, alpha_residual_cagr,
            r_squared
        from fct_factor_attribution order by backtest_id, factor_set, estimation_window
        """,
    )
    assert [
        (
            row["backtest_id"],
            row["factor_set"],
            row["window"],
            row["betas"]["market"],
            row["alpha_residual_cagr"],
            row["r_squared"],
        )
        for row in found
    ] == wanted
    assert len(found) == 3 * 130
    for row in found:
        assert list(row["betas"]) == ["market", "momentum", "size"]
        parts = [part["factor"] for part in row["factor_contrib_table"]]
        assert parts == [*row["betas"], "risk_free", "alpha_residual"]
        total = sum(part["contribution"] for part in row["factor_contrib_table"])
        assert total == pytest.approx(row["attributed_return"], rel=1e-9)


def test_what_losing_trades_have_in_common_is_the_rows_of_the_tables(
    demo_home: Home, run_cli: RunCli, tmp_path: Path
) -> None:
    path, content = export(run_cli, "failures", "demo", tmp_path)
    assert path.name == "failures_demo.json"
    found = rows(
        demo_home,
        "select strategy, status, losing_count, cluster_id, size, avg_loss, centroid_entry_vol, "
        "narrative from fct_failure_clusters where run_id = 'demo' order by strategy, cluster_id",
    )
    searches = [content | {"strategy": ""}, *content["strategies"]]
    assert [
        (
            *(search[name] for name in ("strategy", "status", "losing_count")),
            *(cluster[name] for name in ("cluster_id", "size", "avg_loss")),
            cluster["features_centroid"]["entry_vol"],
            cluster["narrative"],
        )
        for search in searches
        for cluster in search["clusters"]
    ] == found
    rules = rows(
        demo_home,
        "select predicate from fct_failure_rules where run_id = 'demo' order by strategy, rule_id",
    )
    assert [(rule["predicate"],) for search in searches for rule in search["rules"]] == rules


@pytest.mark.parametrize("name", [*known_kinds(), "artefacts"])
def test_schemas_are_sound_and_the_same_in_the_documentation(name: str) -> None:
    schema = load_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    file = f"{name}.schema.json"
    assert (PACKAGED / file).read_bytes() == (DOCUMENTED / file).read_bytes()
    assert all("description" in each for each in schema["properties"].values())


def test_every_schema_has_a_kind() -> None:
    names = {f"{name}.schema.json" for name in [*known_kinds(), "artefacts"]}
    assert {path.name for path in PACKAGED.iterdir()} == names
    # What is read as JSON is documented beside what is written.
    read = {"portfolio_spec.schema.json"}
    assert {path.name for path in DOCUMENTED.iterdir()} == names | read


def test_the_summarys_schema_names_the_columns_of_the_tables(manifest: Manifest) -> None:
    columns = {node["name"]: list(node["columns"]) for node in manifest.models}
    schema = schema_of(known_kinds()["summary"])
    assert list(schema["properties"]) == [*columns["fct_run_summary"], "strategies"]
    strategy = schema["properties"]["strategies"]["items"]["properties"]
    assert ["run_id", *strategy] == columns["fct_run_strategy_summary"]


@pytest.mark.parametrize("portfolio_id", ["demo_mixed", "demo_best", "demo_hrp"])
def test_a_portfolio_is_what_its_tables_hold(
    demo_home: Home, run_cli: RunCli, tmp_path: Path, portfolio_id: str
) -> None:
    done = run_cli("export", "portfolio", "--portfolio", portfolio_id, "--out", tmp_path)
    assert done.exit_code == 0, done.stderr
    path = tmp_path / f"portfolio_{portfolio_id}.json"
    assert done.stdout == f"{path}\n"
    content = valid(path, "portfolio")
    ((cagr, deepest, benefit, turnover),) = rows(
        demo_home,
        "select portfolio_cagr, portfolio_max_dd, diversification_benefit, turnover "
        f"from fct_portfolio_summary where portfolio_id = '{portfolio_id}'",
    )
    assert content["portfolio_cagr"] == cagr
    assert content["portfolio_max_dd"] == deepest
    assert content["diversification_benefit"] == benefit > 0
    assert content["turnover"] == turnover > 0
    assert sum(content["marginal_contributions"].values()) == pytest.approx(1)
    members = len([row for row in content["contributions"] if row["source"] != "costs"])
    assert len(content["co_drawdowns"]) == members * (members - 1) / 2


def test_a_portfolio_that_is_not_there_is_told(
    demo_home: Home, run_cli: RunCli, tmp_path: Path
) -> None:
    for portfolio_id, said in (("other", "no portfolio 'other'"), ("../x", "is not usable")):
        done = run_cli("export", "portfolio", "--portfolio", portfolio_id, "--out", tmp_path)
        assert (done.exit_code, said in done.stderr) == (2, True)
    both = ("--run", "demo", "--portfolio", "demo_hrp")
    assert run_cli("export", "portfolio", *both, "--out", tmp_path).exit_code == 2


def test_the_portfolios_schema_names_the_columns_of_the_tables(manifest: Manifest) -> None:
    columns = {node["name"]: list(node["columns"]) for node in manifest.models}
    schema = schema_of(known_kinds()["portfolio"])
    named = dict.fromkeys(columns["dim_portfolios"] + columns["fct_portfolio_summary"])
    parts = ["marginal_contributions", "contributions", "co_drawdowns"]
    assert list(schema["properties"]) == [*named, *parts]
    for part, table in (
        ("contributions", "fct_portfolio_contributions"),
        ("co_drawdowns", "fct_strategy_co_drawdowns"),
    ):
        row = schema["properties"][part]["items"]["properties"]
        assert ["portfolio_id", *row] == columns[table]


def test_what_another_tool_left_out_is_null_and_what_it_added_stays(
    home: Home, run_cli: RunCli, tmp_path: Path
) -> None:
    published_runs(home, {"theirs": '{"run_id": "theirs", "engine": {"name": "vé"}, "seeds": [1]}'})
    _, content = export(run_cli, "manifest", "theirs", tmp_path / "out")
    assert content == {
        **dict.fromkeys(DESIGNED_KEYS),
        "run_id": "theirs",
        "seeds": [1],
        "engine": {"name": "vé"},
    }


def test_an_artefact_that_breaks_its_schema_is_not_written(
    home: Home, run_cli: RunCli, tmp_path: Path
) -> None:
    published_runs(home, {"odd": '{"run_id": "odd", "seeds": "one"}'})
    outcome = run_cli("export", "manifest", "--run", "odd", "--out", tmp_path / "out")
    assert outcome.exit_code == 1
    assert "$.seeds" in outcome.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("manifest", "other"), "no run 'other' is published"),
        (("manifest", "brought"), "is an import and has no manifest"),
        (("manifest", "../mine"), "is not usable"),
        (("manifest", "/etc/mine"), "is not usable"),
        (("manifest", "mine' or '1' = '1"), "is not usable"),
        (("portfolio", "mine"), "about one portfolio: give --portfolio"),
        (("report", "mine"), "one of attribution, failures, manifest, portfolio, regimes, summary"),
    ],
)
def test_wrong_usage_is_told_in_one_sentence(
    home: Home, run_cli: RunCli, tmp_path: Path, asked: tuple[str, str], message: str
) -> None:
    published_runs(home, {"mine": '{"run_id": "mine"}', "brought": None})
    kind, run_id = asked
    outcome = run_cli("export", kind, "--run", run_id, "--out", tmp_path / "out")
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert message in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_nothing_published_is_told_as_query_tells_it(
    home: Home, run_cli: RunCli, tmp_path: Path
) -> None:
    exported = run_cli("export", "summary", "--run", "mine", "--out", tmp_path)
    queried = run_cli("query", "select 1")
    assert exported == queried
    assert exported.exit_code == 1


def test_an_earlier_artefact_is_replaced_whole(
    demo_home: Home, run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = export(run_cli, "summary", "demo", tmp_path)
    assert path.stat().st_mode & 0o777 == 0o666 & ~_mask()
    path.write_text("an earlier one")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuse)
        outcome = run_cli("export", "summary", "--run", "demo", "--out", tmp_path)
    assert outcome.exit_code == 1
    assert "can't be written (No space left on device)" in outcome.stderr
    assert path.read_text() == "an earlier one"
    assert list(tmp_path.iterdir()) == [path]
    export(run_cli, "summary", "demo", tmp_path)
    assert json.loads(path.read_text())["run_id"] == "demo"


def test_a_folder_that_is_a_file_is_told(demo_home: Home, run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    outcome = run_cli("export", "summary", "--run", "demo", "--out", tmp_path / "taken")
    assert outcome.exit_code == 1
    assert "choose another --out" in outcome.stderr


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
