"""Compiled models keep to SQL that DuckDB and Spark both read.

What is not on the lists is refused; a new function is tried on both engines before it is added,
and one that differs goes through a dispatching macro.
"""

from __future__ import annotations

import re

import pytest
import sqlglot
from sqlglot import expressions as exp

from conftest import PROJECT_DIR, Manifest

SYNTAX = set(
    """
    Add Alias And Between Boolean CTE Case Cast Column DPipe DataType Div EQ Except From GT GTE
    Group Having Identifier If IgnoreNulls In Is Join LT LTE Literal Mod Mul NEQ Neg Not Null Or
    Order Ordered Paren Select Star Sub Table TableAlias TryCast Tuple Union Values Var Where
    Window WindowSpec With
    """.split()
)
FUNCTIONS = set(
    """
    Abs ArgMax ArgMin Avg Ceil Coalesce Corr Count CovarSamp DateTrunc DenseRank Exp Extract
    FirstValue Floor Greatest Lag LastValue Lead Least Length Ln Lower Max Min Nullif Pow Rank
    RegrR2 RegrSlope Round RowNumber Sign Sqrt StddevPop StddevSamp Substring Sum TimestampTrunc
    Upper Variance VariancePop
    """.split()
)
# What differs between the engines, each behind the macro named.
DISPATCHED = {
    "DateDiff": {"days_between", "days_elapsed", "minutes_between"},
    "DayOfWeekIso": {"is_weekend", "weekday_number"},
    "Explode": {"each_day", "json_entries"},
    "GenerateSeries": {"each_day"},
    "GroupConcat": {"joined_text"},
    "Interval": {"each_day"},
    "PercentileCont": {"quantile"},
    "SHA2": {"sha256_text"},
}
DISPATCHED_BY_NAME = {"map_entries": {"json_entries"}, "timezone": {"local_date", "local_hour"}}
TYPES = {"VARCHAR", "TEXT", "DATE", "TIMESTAMP", "TIMESTAMPNTZ", "DOUBLE", "BIGINT", "INT"}
TYPES_IN_MACROS = {"JSON": "json_entries", "MAP": "json_entries"}


def faults_of(sql: str, macros: set[str]) -> list[str]:
    """Return what is not portable in one compiled model that calls these macros."""
    found = []
    for node in sqlglot.parse_one(sql, dialect="duckdb").walk():
        kind = type(node).__name__
        if isinstance(node, exp.Anonymous):
            if not DISPATCHED_BY_NAME.get(node.name.lower(), set()) & macros:
                found.append(f"function {node.name}")
        elif isinstance(node, exp.DataType):
            name = node.this.name if hasattr(node.this, "name") else str(node.this)
            if name not in TYPES and TYPES_IN_MACROS.get(name) not in macros:
                found.append(f"type {name}")
        elif kind not in SYNTAX | FUNCTIONS and not DISPATCHED.get(kind, set()) & macros:
            found.append(f"{kind}: {node.sql(dialect='duckdb')[:60]}")
        if isinstance(node, exp.Join) and node.args.get("method"):
            found.append(f"{node.args['method']} join")
        found += _unordered(node)
        found += _framed(node)
    return found


def _unordered(node: exp.Expr) -> list[str]:
    if isinstance(node, exp.Window) and isinstance(node.this, exp.RowNumber | exp.Lag | exp.Lead):
        order = node.args.get("order")
        if order is None and not node.args.get("alias"):
            return [f"no order in {node.sql(dialect='duckdb')[:60]}"]
    return []


def _framed(node: exp.Expr) -> list[str]:
    """Return what looks at single other rows and is given a frame, which Spark refuses."""
    if not isinstance(node, exp.Select):
        return []
    framed = {w.this.name for w in node.args.get("windows") or [] if w.args.get("spec")}
    return [
        f"a frame in {call.sql(dialect='duckdb')[:60]}"
        for call in node.find_all(exp.Window)
        if isinstance(call.this, exp.RowNumber | exp.Rank | exp.DenseRank | exp.Lag | exp.Lead)
        and (call.args.get("spec") or call.alias in framed)
    ]


def test_compiled_models_are_portable(manifest: Manifest) -> None:
    found = []
    for node in manifest.models:
        if node["language"] != "sql":
            continue
        macros = {name.rsplit(".", 1)[1] for name in node["depends_on"]["macros"]}
        found += [f"{node['name']}: {fault}" for fault in faults_of(node["compiled_code"], macros)]
    assert not found, "\n".join(found)


def test_macros_that_dispatch_know_spark() -> None:
    found = []
    for path in sorted((PROJECT_DIR / "macros").glob("*.sql")):
        text = path.read_text()
        found += [
            f"{path.name}: no {engine}__{name}"
            for name in re.findall(r"adapter\.dispatch\('(\w+)'", text)
            for engine in ("default", "spark")
            if f"macro {engine}__{name}(" not in text
        ]
    assert not found, "\n".join(found)


def test_from_holds_only_refs_and_sources(manifest: Manifest) -> None:
    found = []
    for node in manifest.models:
        if node["language"] != "sql":
            continue
        tree = sqlglot.parse_one(node["compiled_code"], dialect="duckdb")
        ctes = {cte.alias for cte in tree.find_all(exp.CTE)}
        found += [
            f"{node['name']}: {table.sql()}"
            for table in tree.find_all(exp.Table)
            if table.name not in ctes and not table.db
        ]
        found += [f"{node['name']}: a subquery" for _ in tree.find_all(exp.Subquery)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "sql",
    [
        "select product(x) as y from t",
        "select list(x) as y from t",
        "select * from a asof join b on a.t >= b.t",
        "select x from t qualify row_number() over (order by x) = 1",
        "select cast(x as hugeint) as x from t",
        "select lag(x) over (partition by a) as y from t",
        "select lag(x) over (order by a rows between 1 preceding and current row) as y from t",
        "select lag(x) over w as y from t window w as (order by a rows 1 preceding)",
        "pivot t on x using sum(y)",
        "select quantile_cont(x, 0.5) as y from t",
    ],
)
def test_what_is_not_portable_is_found(sql: str) -> None:
    assert faults_of(sql, macros=set())
