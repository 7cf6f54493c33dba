"""Homes as a build leaves them, made without dbt, and a tiny dbt project; for tests of publish."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from conftest import PROJECT_DIR
from curvehouse.database import open_working_file
from curvehouse.home import Home

__all__ = [
    "SAMPLE",
    "add_build",
    "load_file",
    "make_built_home",
    "make_project",
    "rebuild",
    "rows",
]

SAMPLE = (
    "create table dim_x (load_id bigint not null check (load_id > 0), name varchar, value double)",
    "insert into dim_x select 4 - i, 'name ' || i, i / 2e0 from range(1, 4) t(i)",
    "comment on table dim_x is 'One row per x. It''s small.'",
    "comment on column dim_x.name is 'What x is called.'",
    'create table "Odd ""mart""" ("key of it" varchar not null, "select" integer)',
    'insert into "Odd ""mart""" values (\'b\', 1), (\'a\', 2)',
    "create table not_a_mart as select 1 as one",
)
KEYS = {"dim_x": ["load_id"], 'Odd "mart"': ["key of it"]}

_PROJECT = """
name: curvehouse
version: "1.0"
config-version: 2
profile: curvehouse
model-paths: [models]
macro-paths: [macros]
test-paths: [tests/dbt]
flags: {send_anonymous_usage_stats: false}
on-run-start: "{{ record_build_start() }}"
on-run-end: "{{ record_build(results) }}"
models:
  curvehouse:
    +persist_docs: {relation: true, columns: true}
    +materialized: table
    marts:
      +contract: {enforced: true}
"""
_MODEL = "select cast(1 as bigint) as load_id, {{ var('value', '1.5e0') }} as value\n"
_YAML = """
models:
  - name: dim_x
    description: One row per x.
    config: {meta: {primary_key: [load_id]}}
    columns:
      - name: load_id
        data_type: bigint
        constraints: [{type: not_null}]
        data_tests: [unique]
      - {name: value, data_type: double, description: A number.}
"""
_TEST = "select * from {{ ref('dim_x') }}, range(2) where value > 100\n"
_WARNING = "{{ config(severity='warn') }} select * from {{ ref('dim_x') }} where value > 1\n"


def make_project(folder: Path) -> Path:
    """A dbt project of one mart and three tests, with the real profile and hooks."""
    shutil.copytree(PROJECT_DIR / "macros", folder / "macros")
    shutil.copy(PROJECT_DIR / "profiles.yml", folder)
    marts = folder / "models" / "marts"
    marts.mkdir(parents=True)
    (folder / "tests" / "dbt").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(_PROJECT)
    (marts / "dim_x.sql").write_text(_MODEL)
    (marts / "_marts.yml").write_text(_YAML)
    (folder / "tests" / "dbt" / "value_is_small.sql").write_text(_TEST)
    (folder / "tests" / "dbt" / "value_is_tiny.sql").write_text(_WARNING)
    return folder


def make_built_home(home: Home, statements: Sequence[str] = SAMPLE) -> Home:
    """A home after a clean whole build of two marts."""
    with open_working_file(home) as connection:
        for statement in statements:
            connection.execute(statement)
    add_build(home)
    return home


def add_build(home: Home, invocation_id: str = "first", **overrides: Any) -> None:
    """Note a build, clean and whole unless told otherwise, and leave its manifest."""
    noted = {
        "command": "build",
        "selection": None,
        "error_count": 0,
        "finished_at": datetime(2026, 1, 5, 10),
        **overrides,
    }
    with open_working_file(home) as connection:
        connection.execute(
            "insert into operations.builds values (?, ?, ?, ?, ?)", [invocation_id, *noted.values()]
        )
    home.target.mkdir(parents=True, exist_ok=True)
    (home.target / "manifest.json").write_text(json.dumps(manifest(invocation_id)))


def rebuild(home: Home, sql: str, invocation_id: str) -> None:
    """Change the working file as another build, clean and whole, would."""
    with open_working_file(home) as connection:
        connection.execute(sql)
    add_build(home, invocation_id, finished_at=datetime.now(UTC).replace(tzinfo=None))


def manifest(invocation_id: str = "first", keys: dict[str, list[str]] = KEYS) -> dict[str, Any]:
    """The part of dbt's manifest that publish reads."""
    nodes = {f"model.curvehouse.{name}": _node(name, key) for name, key in keys.items()}
    nodes["model.curvehouse.not_a_mart"] = _node("not_a_mart", [], "intermediate")
    nodes["test.curvehouse.a_test"] = {**_node("a_test", []), "resource_type": "test"}
    return {"metadata": {"invocation_id": invocation_id}, "nodes": nodes}


def load_file(home: Home, loaded_at: datetime, kind: str = "equity", **columns: Any) -> None:
    """Put a row into the ledger of files."""
    row = {"load_id": 1, "kind": kind, "file_path": "a.csv", "status": "loaded", **columns}
    row["loaded_at"] = loaded_at
    with open_working_file(home) as connection:
        connection.execute(
            f"insert into raw.files ({', '.join(row)}) values ({', '.join('?' * len(row))})",
            list(row.values()),
        )


def rows(home: Home, sql: str) -> list[tuple[Any, ...]]:
    """Query the published file as a reader does."""
    with reading(home) as connection:
        return connection.execute(sql).fetchall()


@contextmanager
def reading(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.published_file), read_only=True) as connection:
        yield connection


def _node(name: str, key: list[str], layer: str = "marts") -> dict[str, Any]:
    return {
        "name": name,
        "alias": name,
        "schema": "main",
        "resource_type": "model",
        "package_name": "curvehouse",
        "original_file_path": f"models/{layer}/{name}.sql",
        "config": {"meta": {"primary_key": key} if key else {}},
    }
