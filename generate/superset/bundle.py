"""The files of the bundle, as `superset import-dashboards` takes them in a zip."""

from __future__ import annotations

from typing import Any

import yaml

from generate.superset.charts import CHARTS
from generate.superset.dashboards import DASHBOARDS
from generate.superset.datasets import DATASETS
from generate.superset.layout import dashboard_file
from generate.superset.parts import Chart, Dataset, Metric, uuid_of

__all__ = ["DATABASE", "superset_bundle"]

DATABASE = "Curvehouse"

# The version of Superset's format, not of the bundle.
_VERSION = "1.0.0"
_TYPES = {"string": "VARCHAR"}
_TIMES = {"date", "timestamp"}


def superset_bundle(manifest: dict[str, Any]) -> dict[str, str]:
    """Return the YAML files by path; descriptions and types are those of the manifest."""
    marts = {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["original_file_path"].startswith("models/marts/")
    }
    # A fixed time, so that the same definitions make the same bundle.
    head = {"version": _VERSION, "type": "Dashboard", "timestamp": "2026-01-01T00:00:00+00:00"}
    files: dict[str, dict[str, Any]] = {
        "metadata.yaml": head,
        f"databases/{DATABASE}.yaml": _database_file(),
    }
    for dataset in DATASETS:
        files[f"datasets/{DATABASE}/{dataset.name}.yaml"] = _dataset_file(dataset, marts)
    for chart in CHARTS:
        files[f"charts/{chart.name.replace(' ', '_')}.yaml"] = _chart_file(chart)
    for dashboard in DASHBOARDS:
        files[f"dashboards/{dashboard.slug}.yaml"] = dashboard_file(dashboard)
    return {
        path: yaml.safe_dump(_without_gaps(content), sort_keys=False, allow_unicode=True, width=98)
        for path, content in files.items()
    }


def _database_file() -> dict[str, Any]:
    return {
        "database_name": DATABASE,
        "sqlalchemy_uri": "duckdb:////warehouse/curvehouse.duckdb",
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": {
            "engine_params": {"connect_args": {"read_only": True}},
            "metadata_params": {},
            "schemas_allowed_for_csv_upload": [],
        },
        "uuid": uuid_of("database", DATABASE),
        "version": _VERSION,
    }


def _dataset_file(dataset: Dataset, marts: dict[str, Any]) -> dict[str, Any]:
    if dataset.sql is None:
        mart = marts[dataset.name]
        columns = list(mart["columns"].values())
        description = mart["description"]
    else:
        places = [place.split(".") for place in dataset.columns]
        columns = [marts[mart]["columns"][column] for mart, column in places]
        description = f"A join of {', '.join(dict.fromkeys(mart for mart, _ in places))}."
    return {
        "table_name": dataset.name,
        "main_dttm_col": dataset.time,
        "description": _line(description),
        "offset": 0,
        "schema": "main",
        "sql": dataset.sql,
        "filter_select_enabled": True,
        "uuid": uuid_of("dataset", dataset.name),
        "metrics": [_metric(metric) for metric in dataset.metrics],
        "columns": [_column(column) for column in columns],
        "version": _VERSION,
        "database_uuid": uuid_of("database", DATABASE),
    }


def _metric(metric: Metric) -> dict[str, Any]:
    return {
        "metric_name": metric.name,
        "verbose_name": metric.name.replace("_", " "),
        "expression": metric.expression,
        "description": metric.description,
        "d3format": metric.d3format,
    }


def _column(column: dict[str, Any]) -> dict[str, Any]:
    kind = column["data_type"]
    return {
        "column_name": column["name"],
        "is_dttm": kind in _TIMES,
        "is_active": True,
        "type": _TYPES.get(kind, kind.upper()),
        "groupby": True,
        "filterable": True,
        "description": _line(column["description"]),
    }


def _chart_file(chart: Chart) -> dict[str, Any]:
    filters = [
        {
            "expressionType": "SIMPLE",
            "clause": "WHERE",
            "subject": column,
            "operator": "==",
            "comparator": value,
        }
        for column, value in chart.filters
    ]
    return {
        "slice_name": chart.name,
        "description": chart.description,
        "viz_type": chart.kind,
        "params": {"viz_type": chart.kind, **chart.params, "adhoc_filters": filters},
        "uuid": uuid_of("chart", chart.name),
        "version": _VERSION,
        "dataset_uuid": uuid_of("dataset", chart.dataset),
    }


def _without_gaps(content: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if value is not None}


def _line(text: str) -> str:
    return " ".join(text.split())
