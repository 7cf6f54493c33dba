"""Whether the working file may be published, and which marts that build made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curvehouse.build_records import BuildRecord, WorkingState
from curvehouse.errors import PublishError
from curvehouse.home import Home

__all__ = ["Mart", "find_manifest", "marts_of", "require_publishable", "targets_of"]

_REMEDY = "Run `curvehouse build`."
_MARTS = "models/marts/"


@dataclass(frozen=True)
class Mart:
    """A table to publish, the columns that order its rows, and the folder of its model."""

    name: str
    key: tuple[str, ...]
    topic: str = ""


def require_publishable(state: WorkingState, remedy: str = _REMEDY) -> BuildRecord:
    """Return the last build, which is clean, whole, and newer than the last ingest.

    Parameters
    ----------
    state : WorkingState
        What the working file says of itself.
    remedy : str
        What to do where it is not.

    Raises
    ------
    PublishError
        When it is not; the message says why.
    """
    last = state.last_build
    if last is None:
        raise PublishError(f"nothing has been built yet. {remedy}")
    at = f"{last.finished_at:%Y-%m-%d %H:%M:%S} UTC"
    fault = None
    if last.command != "build":
        fault = f"the last dbt command was `dbt {last.command}` at {at}, not a build"
    elif last.selection == "not finished":
        fault = f"the build that began at {at} did not finish"
    elif last.error_count:
        errors = "1 error" if last.error_count == 1 else f"{last.error_count} errors"
        fault = f"the last build, at {at}, had {errors}"
    elif last.selection is not None:
        fault = f"the last build, at {at}, was not of everything ({last.selection})"
    elif state.last_loaded_at is not None and state.last_loaded_at >= last.finished_at:
        fault = f"files were loaded after the last build, which was at {at}"
    if fault:
        raise PublishError(f"{fault}; what is published stays as it was. {remedy}")
    return last


def targets_of(home: Home, project: Path) -> tuple[Path, ...]:
    """Return where dbt leaves its artefacts.

    ``curvehouse build`` leaves them in the home, a plain ``dbt build`` in the project.
    """
    return (home.target, project / "target")


def find_manifest(targets: Sequence[Path], invocation_id: str) -> dict[str, Any] | None:
    """Return the manifest of one dbt command, or None where a later one has replaced it."""
    for folder in targets:
        try:
            manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
        except (OSError, ValueError):
            continue
        if manifest.get("metadata", {}).get("invocation_id") == invocation_id:
            return manifest
    return None


def marts_of(manifest: dict[str, Any] | None) -> list[Mart]:
    """Return the marts of a build by name.

    Raises
    ------
    PublishError
        When the manifest is missing, names no mart, or a mart does not declare its key.
    """
    if manifest is None:
        raise PublishError(
            "the last build's manifest has been replaced by another dbt command. "
            "Run `curvehouse build`."
        )
    marts = [
        _mart(node)
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["package_name"] == "curvehouse"
        and node["original_file_path"].startswith(_MARTS)
    ]
    if not marts:
        raise PublishError(f"the build has no models in {_MARTS}, so there is nothing to publish.")
    return sorted(marts, key=lambda mart: mart.name)


def _mart(node: dict[str, Any]) -> Mart:
    key = node["config"].get("meta", {}).get("primary_key")
    if not isinstance(key, list) or not key or not all(isinstance(name, str) for name in key):
        raise PublishError(
            f"model {node['name']} declares no key; give it `config: {{meta: {{primary_key: "
            f"[column, …]}}}}` beside its description ({node['original_file_path']})."
        )
    if node["schema"] != "main":
        raise PublishError(
            f"model {node['name']} is in schema {node['schema']}; marts belong in main "
            f"({node['original_file_path']})."
        )
    topic, _, _ = node["original_file_path"].removeprefix(_MARTS).rpartition("/")
    return Mart(node["alias"], tuple(key), topic)
