"""All artefacts of a run at once, with a list of what was written."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curvehouse.errors import NothingToExportError
from curvehouse.export.artefact import checked_text, read_artefact
from curvehouse.export.kind import Kind, known_kinds
from curvehouse.export.runs import the_run
from curvehouse.export.writing import write_whole
from curvehouse.home import Home
from curvehouse.identity import check_run_id
from curvehouse.query import open_published

if TYPE_CHECKING:
    import duckdb

__all__ = ["export_run"]

# A portfolio of several runs is one of each of them.
_PORTFOLIOS = """
    select weights.portfolio_id
    from fct_portfolio_weights as weights
    inner join dim_backtests as backtests using (backtest_id)
    where backtests.run_id = $run_id
    union
    select portfolio_id from dim_portfolios where select_run_id = $run_id
    order by portfolio_id
"""


def export_run(home: Home, run_id: str, folder: Path) -> tuple[list[Path], list[str]]:
    """Write every artefact of a run, and of the portfolios that hold a backtest of it.

    Parameters
    ----------
    home : Home
        The warehouse.
    run_id : str
        The run.
    folder : Path
        Where the files go, under the names that they have when exported one by one. All are read
        and checked before the first is put in place.

    Returns
    -------
    tuple of list of Path and list of str
        The files, ``artefacts_<run_id>.json`` at the end, which lists the others and, with the
        reason, the kinds of which the run has nothing; and these reasons.

    Raises
    ------
    UsageError
        When there is no such run, or its name can't be a file's.
    QueryError
        When nothing is published.
    ExportError
        When an artefact is not what its schema says, or can't be written; then none is.
    """
    check_run_id(run_id)
    files: dict[str, bytes] = {}
    written: list[dict[str, Any]] = []
    left_out: list[dict[str, str]] = []
    with open_published(home) as connection:
        the_run(connection, "dim_runs", run_id)
        for kind, subject in _subjects(connection, run_id):
            try:
                content = read_artefact(connection, kind, subject)
            except NothingToExportError as error:
                left_out.append({"kind": kind.name, "reason": str(error)})
                continue
            name = kind.file_name(kind.check_subject(subject))
            files[name] = content
            written.append(_entry(kind, subject, name, content))
        publication = _publication_of(connection)
    about = {"run_id": run_id, "publication_id": publication}
    listed = {**about, "files": written, "left_out": left_out}
    files[f"artefacts_{run_id}.json"] = checked_text(listed, "artefacts")
    return write_whole(folder, files), [entry["reason"] for entry in left_out]


def _subjects(connection: duckdb.DuckDBPyConnection, run_id: str) -> list[tuple[Kind, str]]:
    portfolios = connection.execute(_PORTFOLIOS, {"run_id": run_id}).fetchall()
    subjects = {"run": [run_id], "portfolio": [portfolio_id for (portfolio_id,) in portfolios]}
    return [
        (kind, subject) for kind in known_kinds().values() for subject in subjects[kind.subject]
    ]


def _entry(kind: Kind, subject: str, name: str, content: bytes) -> dict[str, Any]:
    return {
        "file_name": name,
        "kind": kind.name,
        "subject": subject,
        "schema": f"{kind.name}.schema.json",
        "byte_count": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _publication_of(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the publication that is open, which may be another than the link names by now."""
    ((path,),) = connection.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchall()
    return Path(path).parent.name
