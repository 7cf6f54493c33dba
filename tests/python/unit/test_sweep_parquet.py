"""Curves and trades of whole blocks as Parquet: the same numbers as the CSV files."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from curvehouse.errors import UsageError
from curvehouse.sweep import SweepOptions, SweepOutcome, blocks
from curvehouse.sweep.options import OutputFormat
from sweep_runs import jobs_of, manifest_of, sweep, tree, write_bars

PARQUET = SweepOptions(output_format=OutputFormat.PARQUET, workers=1)

EQUITY = {"param_hash": "VARCHAR", "ts": "TIMESTAMP", "equity": "DOUBLE"}
TRADES = {
    "param_hash": "VARCHAR",
    "trade_id": "BIGINT",
    "symbol": "VARCHAR",
    "side": "VARCHAR",
    "entry_at": "TIMESTAMP",
    "exit_at": "TIMESTAMP",
    "quantity": "DOUBLE",
    "entry_price": "DOUBLE",
    "exit_price": "DOUBLE",
    "fees": "DOUBLE",
    "pnl": "DOUBLE",
}


@pytest.fixture
def bars_file(tmp_path: Path) -> Path:
    return write_bars(tmp_path)


@pytest.fixture
def written(
    bars_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[SweepOutcome, SweepOutcome]:
    """The small sweep as CSV and as Parquet, in several blocks a strategy."""
    monkeypatch.setattr(blocks, "_BLOCK_VALUES", 360)
    return sweep(bars_file, tmp_path / "a"), sweep(bars_file, tmp_path / "b", options=PARQUET)


def rows(query: str, *parameters: object) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(query, list(parameters)).fetchall()


def test_files_and_columns(written: tuple[SweepOutcome, SweepOutcome]) -> None:
    _, parquet = written
    folder = parquet.run_folder
    assert manifest_of(parquet)["format"] == "parquet"
    # Three jobs a block of one symbol; blocks are counted within their strategy.
    expected = {
        f"{strategy}/{part:04}_{kind}.parquet"
        for strategy, parts in (("ma_crossover", 4), ("random_flip", 2), ("buy_and_hold", 2))
        for part in range(parts)
        for kind in ("equity", "trades")
    }
    found = {name for name in tree(folder) if "/" in name}
    assert expected - found <= {f"ma_crossover/000{part}_trades.parquet" for part in range(4)}
    assert found <= expected
    for kind, columns in (("equity", EQUITY), ("trades", TRADES)):
        path = str(folder / "random_flip" / f"0000_{kind}.parquet")
        described = rows("describe select * from read_parquet(?)", path)
        assert {str(row[0]): row[1] for row in described} == columns


def test_rows_are_in_the_order_of_jobs_and_bars(
    written: tuple[SweepOutcome, SweepOutcome],
) -> None:
    _, parquet = written
    for path in sorted(parquet.run_folder.glob("*/*_equity.parquet")):
        found = rows("select param_hash, ts from read_parquet(?)", str(path))
        order = {job["param_hash"]: number for number, job in enumerate(jobs_of(parquet))}
        keys = [(order[str(param_hash)], ts) for param_hash, ts in found]
        assert keys == sorted(keys)


def test_numbers_are_those_of_the_csv_files(
    written: tuple[SweepOutcome, SweepOutcome],
) -> None:
    csv, parquet = written
    blank = {"started_at": "", "seconds": 0}
    assert [j | blank for j in jobs_of(csv)] == [j | blank for j in jobs_of(parquet)]
    for kind, columns in (("equity", EQUITY), ("trades", TRADES)):
        typed = {name: column for name, column in columns.items() if name != "param_hash"}
        from_csv = rows(
            f"""
            select regexp_extract(filename, '([0-9a-f]+)_{kind}.csv$', 1) as param_hash,
                * exclude (filename)
            from read_csv(?, header = true, filename = true, columns = {json.dumps(typed)})
            order by all
            """,
            str(csv.run_folder / f"*/*_{kind}.csv"),
        )
        from_parquet = rows(
            "select * from read_parquet(?) order by all",
            str(parquet.run_folder / f"*/*_{kind}.parquet"),
        )
        assert from_csv == from_parquet
        assert len(from_csv) > 50


def test_open_trades_have_no_exit(written: tuple[SweepOutcome, SweepOutcome]) -> None:
    _, parquet = written
    found = rows(
        "select exit_at, exit_price, pnl from read_parquet(?)",
        str(parquet.run_folder / "buy_and_hold" / "0000_trades.parquet"),
    )
    assert found == [(None, None, None)]


def test_bytes_are_the_same_for_any_number_of_workers(bars_file: Path, tmp_path: Path) -> None:
    folders = [
        sweep(
            bars_file,
            tmp_path / f"{workers}",
            options=SweepOptions(output_format=OutputFormat.PARQUET, workers=workers),
        ).run_folder
        for workers in (1, 3)
    ]
    assert tree(folders[0]) == tree(folders[1])


def test_blocks_without_curves_have_no_file(bars_file: Path, tmp_path: Path) -> None:
    outcome = sweep(
        bars_file,
        tmp_path,
        options=PARQUET,
        strategies=["ma_crossover"],
        param_grid={"ma_short": [2], "ma_long": [200]},
    )
    assert outcome.job_counts == {"no_trades": 2}
    assert {path.name for path in outcome.run_folder.glob("*/*")} == {
        "0000_equity.parquet",
        "0001_equity.parquet",
    }


@pytest.mark.parametrize("finished", [True, False])
def test_another_format_into_the_same_folder_is_refused(
    bars_file: Path, tmp_path: Path, finished: bool
) -> None:
    first = sweep(bars_file, tmp_path)
    if not finished:
        (first.run_folder / "jobs.jsonl").unlink()
    before = {path: path.read_bytes() for path in first.run_folder.rglob("*.*")}
    with pytest.raises(UsageError, match=r"holds a run with another format \(format differs"):
        sweep(bars_file, tmp_path, options=PARQUET)
    assert {path: path.read_bytes() for path in first.run_folder.rglob("*.*")} == before


def test_a_folder_of_before_there_were_formats_is_csv(bars_file: Path, tmp_path: Path) -> None:
    first = sweep(bars_file, tmp_path)
    path = first.run_folder / "batch_run_manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["format"]
    path.write_text(json.dumps(manifest))
    assert sweep(bars_file, tmp_path).was_already_done
    with pytest.raises(UsageError, match="another format"):
        sweep(bars_file, tmp_path, options=PARQUET)
