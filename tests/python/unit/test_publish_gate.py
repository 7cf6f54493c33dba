from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from curvehouse.build_records import BuildRecord, WorkingState
from curvehouse.errors import PublishError
from curvehouse.home import Home
from curvehouse.publish.gate import Mart, find_manifest, marts_of, require_publishable, targets_of
from warehouses import manifest

NOON = datetime(2026, 1, 5, 12)
CLEAN = BuildRecord("clean", "build", None, 0, NOON)


@pytest.mark.parametrize("loaded_at", [None, NOON - timedelta(microseconds=1)])
def test_a_clean_whole_build_after_the_last_ingest_passes(loaded_at: datetime | None) -> None:
    earlier = replace(CLEAN, error_count=1)
    state = WorkingState((earlier, CLEAN), loaded_at)
    assert require_publishable(state) is CLEAN


@pytest.mark.parametrize(
    ("last", "loaded_at", "reason"),
    [
        (replace(CLEAN, command="run"), None, "was `dbt run`"),
        (replace(CLEAN, command="test"), None, "was `dbt test`"),
        (replace(CLEAN, error_count=1), None, "had 1 error;"),
        (replace(CLEAN, error_count=2), None, "had 2 errors;"),
        (replace(CLEAN, selection="select=['x']"), None, r"not of everything \(select=\['x'\]\)"),
        (replace(CLEAN, selection="not finished"), None, "did not finish"),
        (CLEAN, NOON, "files were loaded after"),
        (CLEAN, NOON + timedelta(seconds=1), "files were loaded after"),
    ],
)
def test_anything_else_is_refused_with_the_reason(
    last: BuildRecord, loaded_at: datetime | None, reason: str
) -> None:
    with pytest.raises(PublishError, match=reason) as caught:
        require_publishable(WorkingState((CLEAN, last), loaded_at))
    assert str(caught.value).endswith("Run `curvehouse build`.")


def test_without_a_build_there_is_nothing_to_publish() -> None:
    with pytest.raises(PublishError, match="nothing has been built yet"):
        require_publishable(WorkingState())


def test_the_manifest_is_that_of_the_build_wherever_dbt_put_it(home: Home, tmp_path: Path) -> None:
    project = tmp_path / "project"
    for folder, invocation_id in ((home.target, "by_curvehouse"), (project / "target", "by_dbt")):
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text(json.dumps(manifest(invocation_id)))
    for invocation_id in ("by_curvehouse", "by_dbt"):
        assert find_manifest(targets_of(home, project), invocation_id) == manifest(invocation_id)
    assert find_manifest(targets_of(home, project), "gone") is None
    assert find_manifest(targets_of(home, tmp_path / "elsewhere"), "by_dbt") is None


def test_marts_are_the_models_below_their_folder() -> None:
    assert marts_of(manifest()) == [Mart('Odd "mart"', ("key of it",)), Mart("dim_x", ("load_id",))]


def changed(**values: Any) -> dict[str, Any]:
    found = manifest()
    found["nodes"]["model.curvehouse.dim_x"].update(values)
    return found


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (None, "replaced by another dbt command"),
        (manifest(keys={}), "no models in models/marts/"),
        (changed(config={"meta": {}}), "dim_x declares no key"),
        (changed(config={"meta": {"primary_key": []}}), "dim_x declares no key"),
        (changed(config={"meta": {"primary_key": "load_id"}}), "dim_x declares no key"),
        (changed(schema="marts"), "dim_x is in schema marts"),
    ],
)
def test_a_manifest_that_does_not_say_enough_is_refused(
    found: dict[str, Any] | None, reason: str
) -> None:
    with pytest.raises(PublishError, match=reason):
        marts_of(found)


def test_marts_of_other_packages_are_not_ours() -> None:
    assert [mart.name for mart in marts_of(changed(package_name="other"))] == ['Odd "mart"']
