"""The bench's runner on comparisons that take a moment."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import bench.__main__ as command
from bench.comparison import BenchError, Call, Comparison, Pair, Target, UnequalError, require_equal
from bench.machine import circumstances
from bench.process import call_measured
from bench.results import merge, read_results, write_results
from bench.runner import Row, measure
from bench.tables import markdown, terminal_lines
from toy_comparisons import NAP_SECONDS, compared, count, count_up, failing


def quietly(_: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def row() -> Row:
    """A comparison whose peer does a tenth of the work in twenty times our time."""
    return measure("toys", compared(whole=10.0), quietly, rounds=2)


def test_a_ratio_is_the_peers_time_over_ours_for_the_same_work(row: Row) -> None:
    assert row.ratios == [200.0, 200.0]
    assert (row.ours["seconds"], row.other["seconds"]) == ([1.0, 1.0], [200.0, 200.0])
    assert row.extrapolation == "the peer from 1 of 10 numbers"
    assert row.is_met is True
    assert row.checked_count == 1


def test_the_clock_counts_the_work_and_not_what_comes_before_it() -> None:
    usage = call_measured(Call(count, (10, None), warm_ups=1, repeats=2), wants_result=True)
    assert usage.seconds >= NAP_SECONDS
    assert usage.result == [45]


def test_the_mean_of_repeats_counts() -> None:
    usage = call_measured(Call(count_up, (), warm_ups=1, repeats=3))
    # The warm-up took 1 s by its own account, the others 2, 3 and 4.
    assert usage.seconds == 3.0


def test_against_a_floor_a_ratio_is_our_time_over_its() -> None:
    row = measure("toys", compared(is_floor=True), quietly, rounds=0)
    assert row.ratios == [0.05]
    assert row.is_met is True


def test_memory_counts_what_the_work_holds(row: Row) -> None:
    assert row.ours["peak_bytes"] > 20_000_000
    assert row.ours["also"] == {"held bytes": 20_000_000}


def test_numbers_that_differ_are_not_timed() -> None:
    said: list[str] = []
    with pytest.raises(UnequalError, match="1 of 1 numbers differ"):
        measure("toys", compared(error=1.0), said.append)
    assert said == ["toys: sums: checking the sum"]


def test_a_side_that_breaks_is_named_with_its_reason() -> None:
    broken = replace(compared(), other=failing())
    with pytest.raises(BenchError, match=r"(?s)toy_comparisons\.fail .*the input is not there"):
        measure("toys", broken, quietly)


def test_nothing_to_compare_is_no_agreement() -> None:
    with pytest.raises(UnequalError, match="no numbers"):
        require_equal([])
    with pytest.raises(UnequalError, match="shape"):
        require_equal([Pair("sizes", [1.0], [1.0, 2.0])])
    assert require_equal([Pair("gaps", [1.0, np.nan], [1.0 + 1e-12, np.nan])]) == 2


@pytest.mark.parametrize(
    ("target", "is_met"),
    [
        (Target(at_least=2.0), True),
        (Target(at_least=2.1), False),
        (Target(at_most=2.0), True),
        (Target(at_most=1.9), False),
        (Target(at_least=1.0, peak_bytes=9.0), False),
    ],
)
def test_targets_bound_ratio_and_memory(target: Target, is_met: bool) -> None:
    assert target.is_met(ratio=2.0, peak_bytes=10.0) is is_met


def test_a_part_that_runs_alone_replaces_its_rows(row: Row, tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    first = replace(circumstances(), date="2026-01-05")
    write_results(file, merge({}, {"a": [row], "b": [row], "gone": [row]}, first, ["a", "b"]))
    again = replace(row, is_floor=True, ratios=[3.0])
    found = merge(read_results(file), {"b": [again]}, circumstances(), ["a", "b"])
    write_results(file, found)
    kept = json.loads(file.read_text())["parts"]
    assert list(kept) == ["a", "b"]
    assert kept["a"]["circumstances"]["date"] == "2026-01-05"
    assert kept["b"]["rows"][0]["ratios"] == [3.0]
    assert read_results(file) == found
    page = markdown(found)
    assert page.count("| toys | sums") == 2
    assert "3.00 times the floor" in page
    assert "the peer: 200 s (200 s to 200 s) (extrapolated)" in page
    assert page.count("revision") == 2


def test_what_is_printed_fits_a_terminal(row: Row) -> None:
    lines = terminal_lines(row)
    assert max(map(len, lines)) <= 80
    assert any("target at least 2, within 1.00 GB: met" in line for line in lines)


def test_the_command_fails_when_sides_differ(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    class Toys:
        @staticmethod
        def comparisons(_: Path, *, quick: bool) -> list[Comparison]:
            return [compared(error=0.0 if quick else 1.0)]

    monkeypatch.setattr(command, "PARTS", {"toys": "sums"})
    monkeypatch.setitem(sys.modules, "bench.parts.toys", Toys)
    monkeypatch.setattr(command, "RESULTS", tmp_path / "results.json")
    assert command.main(["toys", "--quick"]) == 0
    assert "20" in capsys.readouterr().out
    assert command.main([]) == 1
    assert "differ" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())
    assert command.main(["sums"]) == 2
    assert "there is no part 'sums'" in capsys.readouterr().err
