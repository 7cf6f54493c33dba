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

    from curvehouse.build_records import BuildRecord
    from curvehouse.ingest.summary import BatchCounts, LedgerSummary
    from curvehouse.status import Status, WorkingStatus

__all__ = ["status"]

_WIDTH = 80
_LABEL_WIDTH = 12


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
        typer.echo(f"{label:<{_LABEL_WIDTH}}{text}".rstrip())


def _lines(found: Status) -> Iterator[tuple[str, str]]:
    yield "home", found.home
    yield "writing now", found.writer or ("nobody" if found.is_readable else "another process")
    if found.working is not None:
        yield from _working_lines(found.working, is_published=found.published is not None)
    elif not found.is_readable:
        yield "loaded", "can't be read while somebody writes"
    published = found.published
    if published is None:
        yield "published", "nothing yet"
    else:
        yield "published", f"{_time(published.published_at)}, {_size(published.byte_count)}"
        if published.rolled_back_from:
            yield "", f"an older one, rolled back from {published.rolled_back_from}"
        yield "", published.path
        if published.parquet_path:
            yield "", published.parquet_path
        width = max(len(name) for name in published.row_counts)
        for name, count in published.row_counts.items():
            yield "", f"{name:<{width}}  {count:>12,} {'row' if count == 1 else 'rows'}"
    if found.hint:
        yield "next", found.hint


def _working_lines(working: WorkingStatus, *, is_published: bool) -> Iterator[tuple[str, str]]:
    if working.last_loaded_at is None:
        yield "loaded", "nothing yet"
    else:
        yield "loaded", f"{_time(working.last_loaded_at)} was the last time"
        if not working.is_older:
            yield from _ledger_lines(working.ledger)
    if working.last_build is not None:
        yield "built", _build(working.last_build)
    else:
        yield "built", "nothing here" if is_published else "nothing yet"


def _ledger_lines(ledger: LedgerSummary) -> Iterator[tuple[str, str]]:
    runs = _counted(ledger.run_count, "run")
    yield "", f"{runs}, {_counted(ledger.backtest_count, 'backtest')}"
    heads = ("in force", "superseded", "retracted", "quarantined")
    yield "files", f"{'':<10}" + "".join(f"{head:>12}" for head in heads)
    for files in ledger.files:
        counts = (files.in_force, files.superseded, files.retracted, files.quarantined)
        yield "", f"{files.kind:<10}" + "".join(f"{count:>12,}" for count in counts)
    for number, reason in enumerate(ledger.reasons):
        files_text = _counted(reason.quarantined, "file")
        yield "" if number else "quarantine", f"{reason.reason_code:<20}  {files_text}"
    right = ledger.put_right
    if right.file_count:
        copies = _counted(right.duplicate_row_count, "copy", "copies")
        yield "put right", f"in {_counted(right.file_count, 'file')} in force:"
        yield "", f"{copies} of rows left out"
        yield "", f"{_counted(right.reordered_row_count, 'row')} put in order"
    for number, batch in enumerate(ledger.batches):
        yield "" if number else "last loads", _batch(batch)


def _batch(batch: BatchCounts) -> str:
    counts = {
        "loaded": batch.loaded,
        "quarantined": batch.quarantined,
        "retracted": batch.retracted,
    }
    start = f"{batch.loaded_at:%Y-%m-%d %H:%M:%S}  "
    end = "  " + ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    room = max(_WIDTH - _LABEL_WIDTH - len(start) - len(end), 8)
    # The end of a long path says more than its beginning.
    subject = batch.subject if len(batch.subject) <= room else "…" + batch.subject[1 - room :]
    return f"{start}{subject}{end}"


def _build(build: BuildRecord) -> str:
    errors = "no errors" if build.error_count == 0 else f"{build.error_count} failed"
    if build.selection == "not finished":
        errors = "did not finish"
    elif build.selection is not None:
        errors += f", not everything ({build.selection})"
    return f"{_time(build.finished_at)}, dbt {build.command}, {errors}"


def _counted(count: int, noun: str, plural: str | None = None) -> str:
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


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
