from __future__ import annotations

from typing import Any

import pytest

from generate.lineage import ColumnLineage


def project(**models: str | None) -> ColumnLineage:
    """A project of these models in turn; one without SQL is in Python."""
    nodes: dict[str, Any] = {}
    for name, sql in models.items():
        nodes[f"model.p.{name}"] = {
            "name": name,
            "resource_type": "model",
            "language": "python" if sql is None else "sql",
            "compiled_code": sql,
            "depends_on": {"nodes": list(nodes)},
        }
    return ColumnLineage({"nodes": nodes})


def origins(sql: str, column: str = "c") -> set[str]:
    found = project(final=sql).origins("final", column)
    return {f"{table}.{name}" for table, name in found}


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ('select a as c from "w"."raw"."t"', {"raw.t.a"}),
        ("select a + b * 2 as c from t", {"t.a", "t.b"}),
        ("with s as (select a, b from t) select b as c from s", {"t.b"}),
        ("with s as (select a as c from t), f as (select * from s) select * from f", {"t.a"}),
        ("select t.a as c from t join u on t.k = u.k where u.a > 0", {"t.a"}),
        ("with s as (select a from t), r as (select b from u) select b as c from s, r", {"u.b"}),
        ("with s as (select k, a from t) select k as c from s join v as v2 using (k)", {"t.k"}),
        ("select sum(a) as c from t group by b", {"t.a"}),
        ("select lag(a) over (partition by b order by d) as c from t", {"t.a"}),
        ("select row_number() over (partition by b order by d) as c from t", set()),
        ("select count(*) as c from t", set()),
        ("select case when a > 0 then b end as c from t", {"t.a", "t.b"}),
        ("select a as c from t union all select b from u union all select d from v", None),
        ("with s as (select unnest(j) as e from t) select e.key as c from s", {"t.j"}),
    ],
)
def test_a_column_is_made_of_what_its_expression_names(sql: str, wanted: set[str] | None) -> None:
    assert origins(sql) == (wanted if wanted is not None else {"t.a", "u.b", "v.d"})


def test_lineage_goes_through_models_and_ends_at_python() -> None:
    lineage = project(
        first="select a, b from raw.t",
        fitted=None,
        second="select first.a + fitted.x as y, first.b from first join fitted on true",
        final="with s as (select * from second) select y as c, b from s",
    )
    assert lineage.origins("final", "c") == {("raw.t", "a"), ("fitted", "x")}
    assert lineage.origins("final", "b") == {("raw.t", "b")}


def test_a_column_from_nowhere_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"nothing in the FROM has the column z"):
        project(final="with s as (select a from t) select z as c from s").origins("final", "c")
