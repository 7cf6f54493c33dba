"""The one Spark session of a dbt command: its settings, its databases, and the raw tables."""

from __future__ import annotations

import atexit
import logging
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from uuid import UUID

from pyspark.sql import SparkSession

from curvehouse.errors import SparkError
from curvehouse.quoting import spark_literal
from curvehouse.spark.built_marts import BUILDS_FOLDER
from curvehouse.spark.package import write_package
from curvehouse.spark.raw_files import RAW_FOLDER, RAW_TABLES
from curvehouse.spark.requirements import require_java, require_reachable

__all__ = ["SparkTarget", "remove_builds", "spark_session"]

_SCHEMAS = ("raw", "operations", "seeds", "staging", "intermediate", "main")
_OPERATIONS_TABLES = (
    """
    create table operations.builds (
        invocation_id string,
        command string,
        selection string,
        error_count int,
        finished_at timestamp_ntz
    ) using parquet
    """,
    # Nothing is kept from build to build.
    """
    create table operations.landed_versions (
        model_name string,
        backtest_id string,
        input_version string,
        landed_at timestamp_ntz
    ) using parquet
    """,
)
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # Timestamps are naive and in UTC on both engines.
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.sources.default": "parquet",
    # As on DuckDB, a cast that fails is an error and not a NULL.
    "spark.sql.ansi.enabled": "true",
}
_STATIC_SETTINGS = {
    "spark.sql.catalogImplementation": "in-memory",
    "spark.ui.showConsoleProgress": "false",
    # dbt tells what fails, once and shorter.
    "spark.log.level": "FATAL",
}

_LOCK = Lock()
_OPENED: list[SparkSession] = []


@dataclass(frozen=True)
class SparkTarget:
    """Where Spark is, and the folder that it shares with this process.

    Attributes
    ----------
    folder : str
        What ``curvehouse raw export`` wrote to; a path or URL that driver and workers all reach.
    master : str
        ``spark://host:port``, ``local[n]``, …; empty where ``remote`` is given.
    remote : str
        ``sc://host:port`` of a Spark Connect server; empty where ``master`` is given.
    settings : dict
        Spark's settings besides our own.
    """

    folder: str
    master: str
    remote: str
    settings: dict[str, str]


def spark_session(target: SparkTarget, invocation_id: str) -> SparkSession:
    """Return the session of this process, a dbt command, which is started by the first call.

    Parameters
    ----------
    target : SparkTarget
        Where Spark is.
    invocation_id : str
        The command's, after which the folder of its tables is named.

    Raises
    ------
    SparkError
        When there is no Java, no cluster, or no raw tables; the message says which.
    """
    with _LOCK:
        if not _OPENED:
            _OPENED.append(_opened(target, invocation_id))
        return _OPENED[0]


def _opened(target: SparkTarget, invocation_id: str) -> SparkSession:
    _check(target)
    folder = target.folder
    if _is_local(folder):
        folder = str(Path(folder).absolute())
        remove_builds(Path(folder, BUILDS_FOLDER))
    build = f"{folder}/{BUILDS_FOLDER}/{invocation_id}"
    session = _started(target, build)
    for name, value in _SETTINGS.items():
        session.conf.set(name, value)
    # Workers fetch the file when they begin to work, so it stays for as long as this process.
    package = tempfile.mkdtemp(prefix="curvehouse-")
    atexit.register(shutil.rmtree, package, ignore_errors=True)
    session.addArtifacts(str(write_package(Path(package))), pyfile=True)
    # It would tell each error once more, before dbt does.
    logging.getLogger("SQLQueryContextLogger").disabled = True
    for schema in _SCHEMAS:
        _create_schema(session, schema, build, folder)
    for table in RAW_TABLES:
        place = f"{folder}/{RAW_FOLDER}/{table}"
        session.sql(f"create table raw.{table} using parquet location {spark_literal(place)}")
    for statement in _OPERATIONS_TABLES:
        session.sql(statement)
    return session


def _check(target: SparkTarget) -> None:
    if not target.folder:
        raise SparkError(
            "CURVEHOUSE_SPARK_DIR is not set; set it to the folder that `curvehouse raw export` "
            "wrote, under a path that all workers reach."
        )
    if bool(target.master) == bool(target.remote):
        state = (
            "both SPARK_MASTER and SPARK_REMOTE are set"
            if target.master
            else "neither of SPARK_MASTER and SPARK_REMOTE is set"
        )
        raise SparkError(
            f"{state}; set one of them, such as "
            "SPARK_MASTER=spark://host:7077 or SPARK_REMOTE=sc://host:15002."
        )
    if _is_local(target.folder) and not Path(target.folder, RAW_FOLDER, "files").is_dir():
        raise SparkError(
            f"{target.folder} holds no raw tables; run `curvehouse raw export {target.folder}`."
        )
    if not target.remote:
        require_java()
    require_reachable(target.remote or target.master)


def remove_builds(folder: Path) -> None:
    """Remove what earlier builds left, each under the id of its command, and nothing else."""
    for build in folder.glob("*"):
        try:
            UUID(build.name)
        except ValueError:
            continue
        shutil.rmtree(build, ignore_errors=True)


def _is_local(folder: str) -> bool:
    """Return whether this process sees the folder too, as it does not see an object store."""
    return "://" not in folder


def _started(target: SparkTarget, build: str) -> SparkSession:
    builder = SparkSession.builder
    if target.remote:
        return builder.remote(target.remote).create()
    builder = builder.master(target.master).appName("curvehouse")
    # Spark would make one where this process stands.
    warehouse = {"spark.sql.warehouse.dir": f"{build}/default"}
    settings = {**_STATIC_SETTINGS, **target.settings, **warehouse, **_SETTINGS}
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _create_schema(session: SparkSession, schema: str, build: str, folder: str) -> None:
    """Create a schema of this build; on a server that lives on, in place of the last build's."""
    if session.catalog.databaseExists(schema):
        place = session.catalog.getDatabase(schema).locationUri
        if f"{folder}/{BUILDS_FOLDER}/" not in place:
            raise SparkError(
                f"Spark has a schema {schema} already, in {place}, which is none of ours; give "
                "Curvehouse a catalog of its own."
            )
        session.sql(f"drop schema {schema} cascade")
    session.sql(f"create schema {schema} location {spark_literal(f'{build}/{schema}')}")
