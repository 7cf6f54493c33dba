"""Results for people: some lines at the terminal, and one table."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from bench.machine import Circumstances
from bench.results import PartResults
from bench.runner import ROUNDS, Row

__all__ = ["markdown", "shown_bytes", "shown_seconds", "terminal_lines"]

_WIDTH = 80


def terminal_lines(row: Row) -> list[str]:
    """Return what a comparison came to, in 80 columns."""
    labelled = [
        ("ours", _side(row.ours)),
        ("floor" if row.is_floor else "peer", _side(row.other)),
        ("ratio", f"{_ratio(row)}; {_verdict(row)}"),
        ("checked", f"{row.same}: {row.checked_count:,} numbers agree"),
    ]
    labelled += [("scaled", row.extrapolation)] if row.extrapolation else []
    labelled += [("also", ", ".join(_also(row.ours)))] if row.ours["also"] else []
    lines = textwrap.wrap(f"{row.part}: {row.name}: {row.what}", _WIDTH)
    for label, text in labelled:
        lines += textwrap.wrap(
            text, _WIDTH, initial_indent=f"  {label:<9}", subsequent_indent=" " * 11
        )
    return lines


def markdown(results: Mapping[str, PartResults]) -> str:
    """Return all results as a page with one table."""
    lines = [
        "# Results",
        "",
        *textwrap.wrap(
            f"Made by `make bench`. Both sides have come to the same numbers before they were "
            f"timed, {ROUNDS} times each in turns, every time in a process of its own, which keeps "
            f"the memory that arrays leave free, as one that has run for a while does. Shown are "
            f"the median and, in brackets, the least and the most. The ratio against a peer is its "
            f"time over ours, against a floor ours over the floor's. Memory is the peak of the "
            f"process with all that it imported, of its children too.",
            100,
        ),
        "",
        "| part | what | ours | beside | ratio | target | memory, ours / other |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_table_row(row) for part in results.values() for row in part.rows]
    lines += ["", "## What was held against what", ""]
    for part in results.values():
        for row in part.rows:
            lines += _item(f"{row.part}, {row.name}: {_explained(row)}")
    lines += ["", "## Where and when", ""]
    for names, where in _by_circumstances(results):
        lines += _item(f"{', '.join(names)}: {_where(where)}")
    return "\n".join(lines) + "\n"


def shown_seconds(seconds: float) -> str:
    """Return seconds with three digits that count, small ones in milliseconds."""
    return f"{_digits(seconds * 1e3)} ms" if seconds < 0.1 else f"{_digits(seconds)} s"


def shown_bytes(count: float) -> str:
    """Return bytes in the unit that suits them."""
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{_digits(count / size)} {unit}"
    return f"{count / 1e3:.0f} kB"


def _digits(value: float) -> str:
    places = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{places}f}"


def _side(side: Mapping[str, Any]) -> str:
    return f"{side['name']}: {_spread(side['seconds'])}, peak {shown_bytes(side['peak_bytes'])}"


def _spread(seconds: Sequence[float]) -> str:
    middle = shown_seconds(median(seconds))
    if len(seconds) == 1:
        return middle
    return f"{middle} ({shown_seconds(min(seconds))} to {shown_seconds(max(seconds))})"


def _ratio(row: Row) -> str:
    middle = f"{_digits(row.ratio)} {'times the floor' if row.is_floor else 'times faster'}"
    if len(row.ratios) == 1:
        return middle
    return f"{middle} ({_digits(min(row.ratios))} to {_digits(max(row.ratios))})"


def _verdict(row: Row) -> str:
    if row.is_met is None:
        return "no target"
    return f"target {_wanted(row)}: {'met' if row.is_met else 'MISSED'}"


def _wanted(row: Row) -> str:
    at_least, at_most, peak = (row.target[name] for name in ("at_least", "at_most", "peak_bytes"))
    wanted = [f"at least {at_least:g}"] if at_least is not None else []
    wanted += [f"at most {at_most:g}"] if at_most is not None else []
    wanted += [f"within {shown_bytes(peak)}"] if peak is not None else []
    return ", ".join(wanted)


def _also(side: Mapping[str, Any]) -> list[str]:
    return [
        f"{name.removesuffix(' bytes')} {shown_bytes(value)}"
        if name.endswith(" bytes")
        else f"{name} {shown_seconds(value)}"
        for name, value in side["also"].items()
    ]


def _table_row(row: Row) -> str:
    target = (
        "" if row.is_met is None else f"{_wanted(row)}: {'met' if row.is_met else '**missed**'}"
    )
    memory = " / ".join(shown_bytes(side["peak_bytes"]) for side in (row.ours, row.other))
    scaled = " (extrapolated)" if row.extrapolation else ""
    cells = [
        row.part,
        f"{row.name}: {row.what}",
        _spread(row.ours["seconds"]),
        f"{row.other['name']}: {_spread(row.other['seconds'])}{scaled}",
        _ratio(row),
        target,
        memory,
    ]
    return f"| {' | '.join(cells)} |"


def _explained(row: Row) -> str:
    texts = [f"{row.same}; {row.checked_count:,} numbers agree"]
    texts += [f"extrapolated: {row.extrapolation}"] if row.extrapolation else []
    texts += [f"beside it: {', '.join(_also(row.ours))}"] if row.ours["also"] else []
    return ". ".join(text[0].upper() + text[1:] for text in texts) + "."


def _item(text: str) -> list[str]:
    return textwrap.wrap(text, 100, initial_indent="- ", subsequent_indent="  ")


def _by_circumstances(
    results: Mapping[str, PartResults],
) -> Iterator[tuple[list[str], Circumstances]]:
    """Yield the parts that were measured under the same circumstances, together."""
    left = dict(results)
    while left:
        where = next(iter(left.values())).circumstances
        names = [name for name, part in left.items() if part.circumstances == where]
        yield names, where
        left = {name: part for name, part in left.items() if name not in names}


def _where(where: Circumstances) -> str:
    machine = where.machine
    versions = ", ".join(f"{name} {version}" for name, version in where.versions.items())
    return (
        f"{where.date}, revision {where.revision or 'unknown'}; {machine['processor']}, "
        f"{machine['cores']} cores, {shown_bytes(float(machine['memory_bytes']))} of memory, "
        f"{machine['system']}; {versions}"
    )
