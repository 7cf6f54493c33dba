"""Who reads which marts: dbt's exposures name just the tables that their files speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from conftest import PROJECT_DIR, Manifest

PACKAGE = PROJECT_DIR / "python" / "curvehouse"
MART = re.compile(r"\b(?:dim|fct)_[a-z_]+\b")


def texts_of_dashboard(slug: str) -> Iterator[str]:
    bundle = PROJECT_DIR / "bi" / "superset"
    dashboard = yaml.safe_load((bundle / "dashboards" / f"{slug}.yaml").read_text())
    parts = [part for part in dashboard["position"].values() if isinstance(part, dict)]
    shown = {part["meta"]["uuid"] for part in parts if part["type"] == "CHART"}
    charts = [yaml.safe_load(path.read_text()) for path in (bundle / "charts").iterdir()]
    wanted = {chart["dataset_uuid"] for chart in charts if chart["uuid"] in shown}
    for path in (bundle / "datasets").rglob("*.yaml"):
        dataset = yaml.safe_load(path.read_text())
        if dataset["uuid"] in wanted:
            yield dataset.get("sql", dataset["table_name"])


def texts_in(*folders: Path) -> Iterator[str]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.suffix in (".py", ".sql"):
                yield path.read_text()


READERS = {
    "strategies_dashboard": lambda: texts_of_dashboard("curvehouse-strategies"),
    "risk_dashboard": lambda: texts_of_dashboard("curvehouse-risk"),
    "report": lambda: texts_in(PACKAGE / "report"),
    "json_artefacts": lambda: texts_in(PACKAGE / "export"),
    "table_macros": lambda: texts_in(PACKAGE / "publish" / "table_macros"),
}


def test_every_exposure_is_held_against_its_files(manifest: Manifest) -> None:
    assert {exposure["name"] for exposure in manifest.exposures} == READERS.keys()


@pytest.mark.parametrize("name", READERS)
def test_an_exposure_names_the_tables_that_its_files_read(manifest: Manifest, name: str) -> None:
    (exposure,) = [each for each in manifest.exposures if each["name"] == name]
    named = {node.rsplit(".", 1)[1] for node in exposure["depends_on"]["nodes"]}
    assert named == {mart for text in READERS[name]() for mart in MART.findall(text)}
