"""The overview of dbt's documentation says of the tables what is so."""

from __future__ import annotations

import re

from conftest import PROJECT_DIR, Manifest

PAGE = (PROJECT_DIR / "models" / "overview.md").read_text()


def test_grains_are_the_keys_that_the_tables_declare(manifest: Manifest) -> None:
    keys = {node["name"]: node["config"]["meta"].get("primary_key") for node in manifest.models}
    rows = re.findall(r"^\| [^|]+ \| (`[^|]+`) \| (`(?:dim|fct)_[^|]+`) \|$", PAGE, re.MULTILINE)
    assert len(rows) == 7
    for key, tables in rows:
        for table in re.findall(r"`(\w+)`", tables):
            assert keys[table] == re.findall(r"`(\w+)`", key), table


def test_layers_and_topics_are_the_folders(manifest: Manifest) -> None:
    folders = {path.name for path in (PROJECT_DIR / "models").iterdir() if path.is_dir()}
    assert set(re.findall(r"`models/(\w+)` \|", PAGE)) == folders
    topics = {path.name for path in (PROJECT_DIR / "models" / "marts").iterdir() if path.is_dir()}
    assert all(topic in PAGE for topic in topics)


def test_it_is_the_overview_of_the_site() -> None:
    assert PAGE.startswith("{% docs __overview__ %}\n# Curvehouse\n")
