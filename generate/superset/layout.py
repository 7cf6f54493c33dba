"""A dashboard's file: the grid of its charts, and its filters."""

from __future__ import annotations

from typing import Any

from generate.superset.parts import Dashboard, uuid_of

__all__ = ["dashboard_file"]

_ROOT, _GRID, _HEADER = "ROOT_ID", "GRID_ID", "HEADER_ID"
_HEIGHT = 50


def dashboard_file(dashboard: Dashboard) -> dict[str, Any]:
    """Return the content of the dashboard's YAML file."""
    return {
        "dashboard_title": dashboard.title,
        "description": dashboard.description,
        "css": "",
        "slug": dashboard.slug,
        "published": True,
        "uuid": uuid_of("dashboard", dashboard.slug),
        "position": _position(dashboard),
        "metadata": {
            "color_scheme": "supersetColors",
            "refresh_frequency": 0,
            "expanded_slices": {},
            "label_colors": {},
            "timed_refresh_immune_slices": [],
            "cross_filters_enabled": True,
            "native_filter_configuration": [
                _filter(name, place, dashboard) for name, place in dashboard.filters
            ],
        },
        "version": "1.0.0",
    }


def _position(dashboard: Dashboard) -> dict[str, Any]:
    rows = [f"ROW-{number}" for number in range(1, len(dashboard.rows) + 1)]
    position: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        _ROOT: {"type": "ROOT", "id": _ROOT, "children": [_GRID]},
        _GRID: {"type": "GRID", "id": _GRID, "children": rows, "parents": [_ROOT]},
        _HEADER: {"type": "HEADER", "id": _HEADER, "meta": {"text": dashboard.title}},
    }
    for row, charts in zip(rows, dashboard.rows, strict=True):
        names = [f"CHART-{uuid_of('chart', chart)[:8]}" for chart, _ in charts]
        position[row] = {
            "type": "ROW",
            "id": row,
            "children": names,
            "parents": [_ROOT, _GRID],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
        for name, (chart, width) in zip(names, charts, strict=True):
            position[name] = _chart(name, row, chart, width)
    return position


def _chart(name: str, row: str, chart: str, width: int) -> dict[str, Any]:
    return {
        "type": "CHART",
        "id": name,
        "children": [],
        "parents": [_ROOT, _GRID, row],
        # The importer puts its own number in place of chartId, by the uuid.
        "meta": {
            "chartId": 0,
            "uuid": uuid_of("chart", chart),
            "sliceName": chart,
            "width": width,
            "height": _HEIGHT,
        },
    }


def _filter(name: str, place: str, dashboard: Dashboard) -> dict[str, Any]:
    dataset, column = place.split(".")
    return {
        "id": f"NATIVE_FILTER-{uuid_of('filter', f'{dashboard.slug}/{name}')[:8]}",
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "name": name,
        "description": "",
        "targets": [
            {"column": {"name": column}, "datasetUuid": uuid_of("dataset", dataset)},
        ],
        "scope": {"rootPath": [_ROOT], "excluded": []},
        "cascadeParentIds": [],
        "defaultDataMask": {"extraFormData": {}, "filterState": {}},
        "controlValues": {
            "enableEmptyFilter": False,
            "defaultToFirstItem": False,
            "multiSelect": True,
            "searchAllOptions": False,
            "inverseSelection": False,
        },
    }
