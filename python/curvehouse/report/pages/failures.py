"""The page of losing trades: what they have in common, and which rules would have left them out."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from curvehouse.report.answers import Answer, ask
from curvehouse.report.figures import Figure
from curvehouse.report.formats import MISSING, count, day, decimal, percent
from curvehouse.report.page import Cell, Column, Page, Section, Table
from curvehouse.report.pages.cells import number, spoken

if TYPE_CHECKING:
    import duckdb

__all__ = ["failures_page"]

Pool = tuple[str, str]


def failures_page(connection: duckdb.DuckDBPyConnection) -> Page:
    """Return the failures of all runs, one section for each pool of trades."""
    clusters = _by_pool(ask(connection, "failure_clusters"))
    rules = _by_pool(ask(connection, "failure_rules"))
    nothing = Section("Losing trades", empty="No trades are published.")
    pools = sorted({*clusters, *rules})
    found = sum(1 for answer in clusters.values() if "ok" in answer.column("status"))
    return Page(
        file_name="failures.html",
        kind="Losing trades",
        title="Failures",
        lead=f"{found} of {len(pools)} pools of trades have a pattern. A pattern is reported only "
        "where losing trades fall into groups more clearly than chance would have it and what is "
        "known at entry tells them from others; a rule holds where its trades lose more often "
        "after the split, too.",
        sections=[
            _pool(number_, pool, clusters.get(pool), rules.get(pool))
            for number_, pool in enumerate(pools)
        ]
        or [nothing],
        content={"back": []},
    )


def _by_pool(answer: Answer) -> dict[Pool, Answer]:
    run, strategy = answer.columns.index("run_id"), answer.columns.index("strategy")
    grouped = groupby(answer.rows, key=lambda row: (row[run], row[strategy]))
    return {pool: answer.only(list(rows)) for pool, rows in grouped}


def _pool(position: int, pool: Pool, clusters: Answer | None, rules: Answer | None) -> Section:
    run_id, strategy = pool
    rows = clusters.as_dicts() if clusters else []
    is_pattern = any(row["status"] == "ok" for row in rows)
    tables = [_rules_table(rules)] if rules and any(rules.column("rule")) else []
    figures = []
    if clusters and is_pattern:
        tables.insert(0, _clusters_table(clusters))
        figures.append(_lifts(position, clusters))
    return Section(
        f"Run {run_id}, {strategy or 'all strategies'}",
        empty="Status no_pattern: nothing known at entry tells these losing trades from others.",
        lead=" ".join(row["narrative"] for row in rows if row["narrative"]),
        figures=figures,
        tables=tables,
    )


def _lifts(position: int, clusters: Answer) -> Figure:
    described = "; ".join(
        f"cluster {row['cluster_id']} {decimal(row['lift_at_entry'])}"
        for row in clusters.as_dicts()
    )
    return Figure(
        key=f"lifts-{position}",
        chart="lifts",
        title="How much more often trades near a cluster lose, by what is known at entry",
        description=f"Lift at entry with its 95% interval: {described}.",
        data={"clusters": clusters},
        height=30 * len(clusters.rows),
    )


def _clusters_table(clusters: Answer) -> Table:
    return Table(
        caption="Clusters of losing trades, worst first",
        columns=[
            Column("Cluster"),
            Column("Trades"),
            Column("Total loss"),
            Column("Mean loss"),
            Column("Held", explanation="days, at the centre"),
            Column("Run-up", explanation="before entry, at the centre"),
            Column("Volatility", explanation="before entry, at the centre"),
            Column("Winners there"),
            Column("Lift"),
            Column("Lift at entry"),
            Column("Adjusted p"),
        ],
        rows=[_cluster(row) for row in clusters.as_dicts()],
        queries=[clusters.sql],
    )


def _cluster(row: dict[str, Any]) -> list[Cell]:
    minutes, run_up = row["centroid_hold_minutes"], row["centroid_pre_runup_pct"]
    return [
        Cell(str(row["cluster_id"])),
        number(row["size"], count),
        number(row["total_loss"], lambda value: decimal(value, 0)),
        number(row["avg_loss"], lambda value: decimal(value, 0)),
        number(None if minutes is None else minutes / 1440, lambda value: decimal(value, 1)),
        number(None if run_up is None else run_up / 100, percent),
        number(row["centroid_entry_vol"], percent),
        number(row["winner_share"], percent),
        number(row["lift"], decimal),
        number(row["lift_at_entry"], decimal),
        number(row["lift_at_entry_p_adjusted"], lambda value: decimal(value, 3)),
    ]


def _rules_table(rules: Answer) -> Table:
    split = next((row["split_at"] for row in rules.as_dicts() if row["split_at"]), None)
    return Table(
        caption=f"Rules found before {day(split)}, and how they did after" if split else "Rules",
        columns=[
            Column("Leave out trades with", is_number=False),
            Column("Status", is_number=False),
            Column("Trades before"),
            Column("Lost before"),
            Column("Trades after"),
            Column("Lost after"),
            Column("Profit change after"),
            Column("Lift after"),
            Column("Adjusted p"),
        ],
        rows=[
            [
                Cell(row["rule"] or MISSING),
                Cell(spoken(row["status"])),
                number(row["in_sample_trade_count"], count),
                number(row["in_sample_precision"], percent),
                number(row["out_of_sample_trade_count"], count),
                number(row["out_of_sample_precision"], percent),
                number(row["out_of_sample_profit_change"], lambda value: decimal(value, 0)),
                number(row["out_of_sample_lift"], decimal),
                number(row["out_of_sample_p_adjusted"], lambda value: decimal(value, 3)),
            ]
            for row in rules.as_dicts()
        ],
        queries=[rules.sql],
        is_sortable=True,
    )
