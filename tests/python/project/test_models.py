"""Rules that every model keeps, read from dbt's manifest."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from conftest import PROJECT_DIR, Manifest

PLAIN_TYPES = {"bigint", "integer", "double", "string", "date", "timestamp", "boolean"}
LAYER_PREFIXES = {"staging": ("stg_",), "intermediate": ("int_",), "marts": ("fct_", "dim_")}
LAYERS_READ = {
    "staging": set[str](),
    "intermediate": {"staging", "intermediate"},
    "marts": {"staging", "intermediate"},
}


def is_kept_by_backtest(node: dict[str, Any]) -> bool:
    return bool(node["config"]["materialized"] == "incremental")


def layer(node: dict[str, Any]) -> str:
    return str(Path(node["original_file_path"]).parts[1])


def marts(manifest: Manifest) -> list[dict[str, Any]]:
    return [node for node in manifest.models if layer(node) == "marts"]


def faults(found: list[str]) -> None:
    assert not found, "\n".join(found)


def test_models_bear_the_prefix_of_their_layer(manifest: Manifest) -> None:
    faults(
        [
            node["name"]
            for node in manifest.models
            if not node["name"].startswith(LAYER_PREFIXES[layer(node)])
        ]
    )


def test_models_read_only_the_layers_below(manifest: Manifest) -> None:
    found = []
    for node in manifest.models:
        parents = node["depends_on"]["nodes"]
        if layer(node) != "staging" and any(parent.startswith("source.") for parent in parents):
            found.append(f"{node['name']} reads a source")
        found += [
            f"{node['name']} reads {parent}"
            for parent in parents
            if parent.startswith("model.")
            and layer(manifest.nodes[parent]) not in LAYERS_READ[layer(node)]
            # A mart that is kept by backtest is the one stored copy of its rows.
            and not (layer(node) == "intermediate" and is_kept_by_backtest(manifest.nodes[parent]))
        ]
    faults(found)


def test_tables_kept_by_backtest_all_do_it_the_same_way(manifest: Manifest) -> None:
    found = []
    for node in manifest.models:
        if not is_kept_by_backtest(node):
            continue
        config, macros = node["config"], node["depends_on"]["macros"]
        hooks = (len(config["pre-hook"]), len(config["post-hook"]))
        if "macro.curvehouse.kept_by_backtest" not in macros or hooks != (1, 1):
            found.append(f"{node['name']} is incremental in a way of its own")
        if (config["incremental_strategy"], config["on_schema_change"]) != ("append", "fail"):
            found.append(f"{node['name']} does not append, or changes its columns")
    faults(found)


def test_tables_that_others_follow_are_known_to_spark(manifest: Manifest) -> None:
    """There nothing is noted from build to build, so the macro says what each follows itself."""
    macro = (PROJECT_DIR / "macros" / "followed_versions.sql").read_text()
    said = dict(re.findall(r"'(\w+)': '(\w+)',", macro))
    follows = {}
    for node in manifest.models:
        if is_kept_by_backtest(node):
            (hook,) = node["config"]["pre-hook"]
            (follows[node["name"]],) = re.findall(r'follows="(\w+)"', hook["sql"])
    text = "".join(node["raw_code"] for node in manifest.models)
    others = re.findall(r"followed_versions\('(\w+)'", text)
    for table in {name for name in [*others, *follows.values()] if name in follows}:
        root = follows[table]
        while root in follows:
            root = follows[root]
        assert said.pop(table) == root
    assert not said


def test_versions_rest_on_every_var(manifest: Manifest) -> None:
    listed = (PROJECT_DIR / "macros" / "settings_text.sql").read_text()
    text = (PROJECT_DIR / "dbt_project.yml").read_text()
    names = re.findall(r"^  (\w+):", text[text.index("\nvars:") :], re.MULTILINE)
    faults([name for name in names if f"'{name}'" not in listed])


def test_descriptions_begin_with_the_grain(manifest: Manifest) -> None:
    faults(
        [
            node["name"]
            for node in manifest.models
            if not node["description"].strip().startswith("One row per")
        ]
    )


def test_models_name_their_grain_in_their_head(manifest: Manifest) -> None:
    faults(
        [
            node["name"]
            for node in manifest.models
            if node["language"] == "sql" and not node["raw_code"].startswith("-- One row per")
        ]
    )


def test_marts_have_an_enforced_contract(manifest: Manifest) -> None:
    faults([node["name"] for node in marts(manifest) if not node["contract"]["enforced"]])


def test_columns_of_marts_are_described_and_plain(manifest: Manifest) -> None:
    found = []
    for node in marts(manifest):
        for column in node["columns"].values():
            name = f"{node['name']}.{column['name']}"
            if len(column["description"].strip()) < 10:
                found.append(f"{name} has no description")
            if column["data_type"] not in PLAIN_TYPES:
                found.append(f"{name} has the type {column['data_type']}")
    faults(found)


def test_column_names_say_their_type(manifest: Manifest) -> None:
    suffixes = {"_date": "date", "_at": "timestamp", "_count": "bigint"}
    found = []
    for node in marts(manifest):
        for column in node["columns"].values():
            name, data_type = column["name"], column["data_type"]
            if name.startswith(("is_", "has_")) != (data_type == "boolean"):
                found.append(f"{node['name']}.{name} is {data_type}")
            found += [
                f"{node['name']}.{name} is {data_type}"
                for suffix, expected in suffixes.items()
                if name.endswith(suffix) and data_type != expected
            ]
    faults(found)


def test_a_column_name_has_one_type_and_one_description(manifest: Manifest) -> None:
    seen: dict[str, set[str]] = {}
    for node in marts(manifest):
        for column in node["columns"].values():
            seen.setdefault(column["name"], set()).add(column["data_type"])
    faults([f"{name}: {types}" for name, types in seen.items() if len(types) > 1])


def test_marts_test_the_key_they_declare(manifest: Manifest) -> None:
    tested = {
        test["attached_node"]: test["test_metadata"]["kwargs"]["columns"]
        for test in manifest.data_tests
        if test.get("test_metadata") and test["test_metadata"]["name"] == "primary_key"
    }
    found = []
    for node in marts(manifest):
        declared = node["config"]["meta"].get("primary_key")
        if not declared or tested.get(node["unique_id"]) != declared:
            found.append(f"{node['name']} declares {declared}")
        found += [
            f"{node['name']}.{column} may be NULL"
            for column in declared or []
            if "not_null"
            not in {constraint["type"] for constraint in node["columns"][column]["constraints"]}
        ]
    faults(found)


def test_models_with_a_window_or_a_case_have_a_unit_test(manifest: Manifest) -> None:
    tested = {test["model"] for test in manifest.unit_tests}
    rule = re.compile(r"^(?!--).*\b(over|window|case)\b", re.MULTILINE)
    faults(
        [
            node["name"]
            for node in manifest.models
            if rule.search(node["raw_code"])
            and node["name"] not in tested
            and layer(node) != "staging"
        ]
    )


def test_every_var_has_a_reason() -> None:
    text = (PROJECT_DIR / "dbt_project.yml").read_text()
    lines = text[text.index("\nvars:") :].splitlines()[2:]
    found = []
    for previous, line in zip(["", *lines], lines, strict=False):
        is_var = re.match(r"  \w+:", line)
        if is_var and "#" not in line and not previous.lstrip().startswith("#"):
            found.append(line)
    faults(found)


def test_yaml_files_stay_short() -> None:
    faults(
        [
            f"{path.relative_to(PROJECT_DIR)} has {count} lines"
            for path in PROJECT_DIR.glob("models/**/*.yml")
            if (count := len(path.read_text().splitlines())) > 400
        ]
    )


@pytest.mark.parametrize("suffix", ["sql", "yml", "py"])
def test_no_model_file_is_left_unused(manifest: Manifest, suffix: str) -> None:
    known = {node["original_file_path"] for node in manifest.models} | manifest.yaml_files
    found = [
        str(path.relative_to(PROJECT_DIR))
        for path in PROJECT_DIR.glob(f"models/**/*.{suffix}")
        if str(path.relative_to(PROJECT_DIR)) not in known
    ]
    faults(found)


FACTS = set(
    """
    backtest_id run_id start_date end_date max_drawdown_peak_date max_drawdown_trough_date
    max_drawdown_recovery_date strategy symbol periods_per_year day_count final_equity
    """.split()
)


def test_the_summary_has_the_metrics_that_the_catalogue_says(manifest: Manifest) -> None:
    with (PROJECT_DIR / "seeds" / "metric_definitions.csv").open(newline="") as file:
        defined = {row["metric"] for row in csv.DictReader(file) if row["is_in_summary"] == "true"}
    summary = next(node for node in marts(manifest) if node["name"] == "fct_backtest_summary")
    assert defined == set(summary["columns"]) - FACTS


def test_the_catalogue_has_a_row_for_every_metric_and_no_more(manifest: Manifest) -> None:
    with (PROJECT_DIR / "seeds" / "metric_definitions.csv").open(newline="") as file:
        defined = [row["metric"] for row in csv.DictReader(file)]
    tall = next(node for node in marts(manifest) if node["name"] == "fct_backtest_metrics")
    made = re.findall(r"'(\w+)' as metric", tall["compiled_code"])
    assert sorted(defined) == sorted(made)
    assert len(made) == len(set(made))
