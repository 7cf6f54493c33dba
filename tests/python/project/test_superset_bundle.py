"""The bundle for Superset: every reference leads somewhere, and every query runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
import yaml

from conftest import PROJECT_DIR
from curvehouse.home import Home
from warehouses import reading

FOLDER = PROJECT_DIR / "bi" / "superset"
FILES: dict[str, dict[str, Any]] = {
    str(path.relative_to(FOLDER)): yaml.safe_load(path.read_text())
    for path in sorted(FOLDER.rglob("*.yaml"))
}


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    """Return the files of a folder by uuid."""
    return {file["uuid"]: file for path, file in FILES.items() if path.startswith(f"{kind}/")}


DATASETS, CHARTS, DASHBOARDS = of_kind("datasets"), of_kind("charts"), of_kind("dashboards")


@pytest.fixture(scope="module")
def published(demo_home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with reading(demo_home) as connection:
        yield connection


def source(dataset: dict[str, Any]) -> str:
    return f"({dataset['sql']})" if "sql" in dataset else str(dataset["table_name"])


def names(dataset: dict[str, Any], part: str, name: str) -> set[str]:
    return {each[name] for each in dataset[part]}


def asked_of(chart: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return the columns and the metrics that a chart names."""
    params = chart["params"]
    group = params.get("groupby", [])
    columns = [
        *params.get("all_columns", []),
        *(json.loads(order)[0] for order in params.get("order_by_cols", [])),
        *(params[key] for key in ("x_axis", "column") if key in params),
        *([group] if isinstance(group, str) else group),
    ]
    metrics = [*params.get("metrics", []), *([params["metric"]] if "metric" in params else [])]
    return list(dict.fromkeys(columns)), metrics


def test_the_files_are_the_kind_that_superset_imports() -> None:
    assert FILES["metadata.yaml"]["type"] == "Dashboard"
    assert {file["version"] for file in FILES.values()} == {"1.0.0"}
    databases = of_kind("databases")
    assert len(databases) == 1
    (database,) = databases.values()
    assert database["extra"]["engine_params"] == {"connect_args": {"read_only": True}}
    uuids = [file["uuid"] for path, file in FILES.items() if path != "metadata.yaml"]
    assert len(set(uuids)) == len(uuids)
    assert len(DASHBOARDS) == 2
    assert {dataset["database_uuid"] for dataset in DATASETS.values()} == set(databases)


def test_charts_name_what_their_dataset_has() -> None:
    assert len(CHARTS) == len([path for path in FILES if path.startswith("charts/")]) > 10
    for chart in CHARTS.values():
        dataset = DATASETS[chart["dataset_uuid"]]
        columns, metrics = asked_of(chart)
        assert set(columns) <= names(dataset, "columns", "column_name"), chart["slice_name"]
        assert set(metrics) <= names(dataset, "metrics", "metric_name"), chart["slice_name"]
        for wanted in chart["params"]["adhoc_filters"]:
            assert wanted["subject"] in names(dataset, "columns", "column_name")
    assert {chart["dataset_uuid"] for chart in CHARTS.values()} == set(DATASETS)


@pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=lambda file: file["slug"])
def test_a_dashboard_shows_charts_on_a_whole_grid(dashboard: dict[str, Any]) -> None:
    parts = dashboard["position"]
    parts.pop("DASHBOARD_VERSION_KEY", None)
    for name, part in parts.items():
        assert part["id"] == name
        assert all(name == parts[child]["parents"][-1] for child in part.get("children", []))
    rows = [part for part in parts.values() if part["type"] == "ROW"]
    shown = [parts[child]["meta"] for row in rows for child in row["children"]]
    assert all(
        sum(parts[child]["meta"]["width"] for child in row["children"]) == 12 for row in rows
    )
    assert all(CHARTS[meta["uuid"]]["slice_name"] == meta["sliceName"] for meta in shown)
    used = {CHARTS[meta["uuid"]]["dataset_uuid"] for meta in shown}
    for asked in dashboard["metadata"]["native_filter_configuration"]:
        (target,) = asked["targets"]
        assert target["datasetUuid"] in used
        dataset = DATASETS[target["datasetUuid"]]
        assert target["column"]["name"] in names(dataset, "columns", "column_name")


def test_the_page_says_what_the_bundle_holds() -> None:
    page = (PROJECT_DIR / "docs" / "bi.md").read_text()
    (database,) = of_kind("databases").values()
    assert f"{len(DATASETS)} datasets" in page
    assert database["sqlalchemy_uri"] in page
    assert json.dumps(database["extra"]["engine_params"]) in page


def test_every_chart_is_on_one_dashboard() -> None:
    shown = [
        part["meta"]["uuid"]
        for dashboard in DASHBOARDS.values()
        for part in dashboard["position"].values()
        if isinstance(part, dict) and part["type"] == "CHART"
    ]
    assert sorted(shown) == sorted(CHARTS)


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda file: file["table_name"])
def test_a_dataset_is_what_is_published(
    published: duckdb.DuckDBPyConnection, dataset: dict[str, Any]
) -> None:
    described = published.execute(f"describe select * from {source(dataset)}").fetchall()
    found = {name: kind for name, kind, *_ in described}
    assert found == {column["column_name"]: column["type"] for column in dataset["columns"]}
    times = {column["column_name"] for column in dataset["columns"] if column["is_dttm"]}
    assert times == {name for name, kind in found.items() if kind in ("DATE", "TIMESTAMP")}
    assert dataset.get("main_dttm_col") in {*times, None}
    assert all(len(column["description"]) > 10 for column in dataset["columns"])
    for metric in dataset["metrics"]:
        query = f"select {metric['expression']} from {source(dataset)}"
        assert published.execute(query).fetchall() != [(None,)], metric["metric_name"]


@pytest.mark.parametrize("chart", CHARTS.values(), ids=lambda file: file["slice_name"])
def test_a_chart_has_something_to_show(
    published: duckdb.DuckDBPyConnection, chart: dict[str, Any]
) -> None:
    dataset = DATASETS[chart["dataset_uuid"]]
    columns, metrics = asked_of(chart)
    expressions = {metric["metric_name"]: metric["expression"] for metric in dataset["metrics"]}
    selected = [*columns, *(expressions[name] for name in metrics)]
    filters = [
        f"{wanted['subject']} = '{wanted['comparator']}'"
        for wanted in chart["params"]["adhoc_filters"]
    ]
    query = f"select {', '.join(selected)} from {source(dataset)}"
    query += f" where {' and '.join(filters)}" if filters else ""
    query += " group by all" if metrics else ""
    assert len(published.execute(query).fetchmany(2)) == 2
