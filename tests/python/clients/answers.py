"""What a client sees of a published file, as JSON: ``python answers.py CLIENT FILE < QUESTIONS``.

Run by the interpreter of each environment of clients, so it needs nothing but the client. The
questions are a JSON array of queries.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

WRITING = "create table written (a integer)"
COLUMNS = """
    select table_name, column_name
    from information_schema.columns
    order by table_name, ordinal_position
"""
COMMENTS = """
    select table_name, comment from duckdb_tables()
    union all
    select table_name || '.' || column_name, comment from duckdb_columns() where not internal
"""

Run = Callable[[str], list[Any]]


def with_duckdb(file: str, questions: list[str]) -> dict[str, Any]:
    import duckdb

    connection = duckdb.connect(file, read_only=True)

    def run(query: str) -> list[Any]:
        return connection.execute(query).fetchall()

    return answers(run, questions, columns=run(COLUMNS), comments=run(COMMENTS))


def with_sqlalchemy(file: str, questions: list[str]) -> dict[str, Any]:
    from sqlalchemy import create_engine, inspect, text

    engine = create_engine(f"duckdb:///{file}", connect_args={"read_only": True})
    inspector = inspect(engine)
    columns, comments = [], []
    for table in inspector.get_table_names():
        comments.append((table, inspector.get_table_comment(table)["text"]))
        for column in inspector.get_columns(table):
            columns.append((table, column["name"]))
            comments.append((f"{table}.{column['name']}", column["comment"]))
    with engine.connect() as connection:

        def run(query: str) -> list[Any]:
            # A colon would begin a parameter.
            result = connection.execute(text(query.replace(":", r"\:")))
            return [tuple(row) for row in result.fetchall()]

        return answers(run, questions, columns=columns, comments=comments)


def with_adbc(file: str, questions: list[str]) -> dict[str, Any]:
    import adbc_driver_duckdb
    import adbc_driver_manager.dbapi

    with (
        adbc_driver_manager.dbapi.connect(
            driver=adbc_driver_duckdb.driver_path(),
            entrypoint="duckdb_adbc_init",
            db_kwargs={"path": file, "access_mode": "read_only"},
        ) as connection,
        connection.cursor() as cursor,
    ):

        def run(query: str) -> list[Any]:
            cursor.execute(query)
            table = cursor.fetch_arrow_table()
            return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

        (catalog,) = connection.adbc_get_objects(catalog_filter="curvehouse").read_all().to_pylist()
        columns = [
            (table["table_name"], column["column_name"])
            for schema in catalog["catalog_db_schemas"]
            for table in schema["db_schema_tables"]
            for column in table["table_columns"]
        ]
        return answers(run, questions, columns=columns, comments=run(COMMENTS))


def answers(
    run: Run, questions: list[str], *, columns: list[Any], comments: list[Any]
) -> dict[str, Any]:
    rows = [run(question) for question in questions]
    try:
        run(WRITING)
        refusal = ""
    except Exception as error:
        refusal = str(error)
    tables: dict[str, list[str]] = {}
    for table, column in columns:
        tables.setdefault(table, []).append(column)
    return {"tables": tables, "comments": dict(comments), "rows": rows, "refusal": refusal}


CLIENTS = {"duckdb": with_duckdb, "sqlalchemy": with_sqlalchemy, "adbc": with_adbc}

if __name__ == "__main__":
    seen = CLIENTS[sys.argv[1]](sys.argv[2], json.load(sys.stdin))
    json.dump(seen, sys.stdout, default=str)
