"""Whatever stands where in a tool's result, its reader returns one or says what is wrong."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from conftest import PROJECT_DIR
from curvehouse.readers.faults import FaultyFileError
from curvehouse.readers.tools import ReadOptions, SourceFile
from curvehouse.readers.tools.freqtrade import FREQTRADE
from curvehouse.readers.tools.lean import LEAN
from curvehouse.readers.tools.nautilus import NAUTILUS
from curvehouse.readers.tools.reader import ToolReader

FOLDER = PROJECT_DIR / "tests" / "python" / "tool_results"
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1e300,
    float("nan"),
    10**400,
    "",
    "x",
    "\ud800",
    "2024-13-45",
    [],
    {},
    [[]],
    [{}],
)


def freqtrade_result() -> Any:
    archive = SourceFile.open(FOLDER / "freqtrade_daily.zip").archive
    export = json.loads(archive.read(min(archive.names, key=len)))
    (found,) = export["strategy"].values()
    found["trades"] = found["trades"][:3]
    found["daily_profit"] = found["daily_profit"][:5]
    kept = ("trades", "daily_profit", "pairlist", "wallet_stats")
    found = {k: v for k, v in found.items() if k in kept or not isinstance(v, dict | list)}
    return {"strategy": {"Crossover": found}}


def lean_result() -> Any:
    found = json.loads((FOLDER / "lean.json").read_text())
    found["totalPerformance"]["closedTrades"] = found["totalPerformance"]["closedTrades"][:2]
    for chart in found["charts"].values():
        for series in chart["series"].values():
            series["values"] = series["values"][:6]
    return found


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return all places in JSON, each as what it is in and under what name or number."""
    if not isinstance(value, dict | list):
        return []
    names = list(value) if isinstance(value, dict) else list(range(len(value)))
    inner = [place for name in names for place in places(value[name])]
    return [(value, name) for name in names] + inner


def read(reader: ToolReader, content: bytes, options: ReadOptions | None = None) -> bool:
    """Return whether a file can be read."""
    source = SourceFile(Path("x"), content, "0" * 64)
    try:
        reader.sniff(source)
        result = reader.read(source, options or ReadOptions())
    except FaultyFileError:
        return False
    for one in result.backtests:
        for table in (one.curve, one.trades):
            assert table is None or isinstance(table, pa.Table)
    return True


@pytest.mark.parametrize(
    ("reader", "result"), [(FREQTRADE, freqtrade_result()), (LEAN, lean_result())]
)
def test_odd_values_in_json(reader: ToolReader, result: Any) -> None:
    text = json.dumps(result)
    draw = random.Random(8)
    outcomes = set()
    for number in range(400):
        changed = json.loads(text)
        for _ in range(1 + number % 3):
            where, name = draw.choice(places(changed))
            if draw.random() < 0.2:
                del where[name]
            else:
                where[name] = deepcopy(draw.choice(ODD))
            if not places(changed):
                break
        options = ReadOptions(values={"chart": "benchmark"} if number % 5 == 0 else {})
        outcomes.add(read(reader, json.dumps(changed).encode(), options))
    assert outcomes == {True, False}


@pytest.mark.parametrize("name", ["nautilus_positions.csv", "nautilus_account.csv"])
def test_odd_cells_in_reports(name: str) -> None:
    lines = (FOLDER / name).read_bytes().splitlines(keepends=True)[:5]
    draw = random.Random(8)
    outcomes = set()
    for _ in range(200):
        cells = [line.split(b",") for line in lines]
        for _ in range(draw.randint(1, 3)):
            row = draw.choice(cells)
            odd = draw.choice((b"", b"x", b"1e999", b"nan", b'"', b"\xff", b"USD", b"5 USD"))
            row[draw.randrange(len(row))] = odd
        outcomes.add(read(NAUTILUS, b"".join(b",".join(row) for row in cells)))
    assert outcomes == {True, False}
