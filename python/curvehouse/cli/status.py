"""The command ``status``."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from curvehouse.cli.app import HomeOption, app, to_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curvehouse.build.records import BuildRecord
    from curvehouse.status import Status, WorkingStatus

__all__ = ["status"]


class Format(StrEnum):
    """How the status is printed."""

    TEXT = "text"
    JSON = "json"


@app.command()
def status(
    output: Annotated[Format, typer.Option("--format", help="json has all details.")] = Format.TEXT,
    home: HomeOption = None,
) -> None:
    """Show what is loaded, quarantined, built and published, and what to do next.

    Works while a build is running, and changes nothing.

    \b
    Examples:
      curvehouse status
      curvehouse status --format json
    """
    from curvehouse.status import read_status

    found = read_status(to_home(home))
    if output is Format.JSON:
        typer.echo(json.dumps(asdict(found), indent=2, default=_json_value))
        return
    for label, text in _lines(found):
        typer.echo(f"{label:<12}{text}".rstrip())


def _lines(found: Status) -> Iterator[tuple[str, str]]:
    yield "home", found.home
    yield "writing now", found.writer or ("nobody" if found.is_readable else "another process")
    if found.working is not None:
        yield from _working_lines(found.working)
    elif not found.is_readable:
        yield "loaded", "can't be read while somebody writes"
    published = found.published
    if published is None:
        yield "published", "nothing yet"
    else:
        yield "published", f"{_time(published.published_at)}, {_size(published.byte_count)}"
        yield "", published.path
        width = max(len(name) for name in published.row_counts)
        for name, count in published.row_counts.items():
            yield "", f"{name:<{width}}  {count:>12,} {'row' if count == 1 else 'rows'}"
    if found.hint:
        yield "next", found.hint


def _working_lines(working: WorkingStatus) -> Iterator[tuple[str, str]]:
    if working.last_loaded_at is None:
        yield "loaded", "nothing yet"
    else:
        yield "loaded", f"{_time(working.last_loaded_at)} was the last time"
        runs = _counted(working.run_count, "run")
        yield "", f"{runs}, {_counted(working.backtest_count, 'backtest')}"
    for counts in working.files:
        quarantined = f", {counts.quarantined:,} quarantined" if counts.quarantined else ""
        files = "file" if counts.loaded == 1 else "files"
        yield "", f"{counts.kind:<12}{counts.loaded:>10,} {files}{quarantined}"
    yield "built", "nothing yet" if working.last_build is None else _build(working.last_build)


def _build(build: BuildRecord) -> str:
    errors = "no errors" if build.error_count == 0 else f"{build.error_count} failed"
    if build.selection == "not finished":
        errors = "did not finish"
    elif build.selection is not None:
        errors += f", not everything ({build.selection})"
    return f"{_time(build.finished_at)}, dbt {build.command}, {errors}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _size(byte_count: int) -> str:
    size = float(byte_count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _json_value(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    return str(value)
