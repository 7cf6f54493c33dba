"""Statements on the session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dbt.adapters.contracts.connection import Connection, ConnectionState
from dbt.adapters.exceptions.connection import FailedToConnectError
from dbt.adapters.spark.connections import (
    SparkConnectionManager,
    SparkConnectionMethod,
    SparkCredentials,
)
from dbt.adapters.spark.session import Connection as SessionConnection
from dbt.adapters.spark.session import Cursor, SessionConnectionWrapper
from dbt_common.exceptions import DbtRuntimeError
from dbt_common.invocation import get_invocation_id
from pyspark.sql import SparkSession

from curvehouse.errors import SparkError
from curvehouse.quoting import spark_literal
from curvehouse.spark.faults import SPARK_ERRORS, spark_fault
from curvehouse.spark.session import SparkTarget, spark_session

__all__ = ["SparkSessionConnectionManager", "SparkSessionCredentials", "session_of"]


@dataclass
class SparkSessionCredentials(SparkCredentials):
    """What the profile says: see `curvehouse.spark.SparkTarget`."""

    folder: str = ""
    master: str = ""
    remote: str = ""

    def __post_init__(self) -> None:
        self.method = SparkConnectionMethod.SESSION
        self.host = self.remote or self.master
        super().__post_init__()

    @property
    def type(self) -> str:
        """The name in the profile."""
        return "sparksession"

    def _connection_keys(self) -> tuple[str, ...]:
        return ("folder", "master", "remote", "schema")


def session_of(credentials: SparkSessionCredentials) -> SparkSession:
    """Return the session of the dbt command that runs."""
    settings = credentials.server_side_parameters
    target = SparkTarget(credentials.folder, credentials.master, credentials.remote, settings)
    return spark_session(target, get_invocation_id())


class _Cursor(Cursor):
    def __init__(self, session: SparkSession) -> None:
        super().__init__()
        self._session = session

    def execute(self, sql: str, *parameters: Any) -> None:
        try:
            self._df = self._session.sql(sql % parameters if parameters else sql)
        except SPARK_ERRORS as error:
            raise DbtRuntimeError(spark_fault(error)) from error

    def fetchall(self) -> Any:
        try:
            return super().fetchall()
        except SPARK_ERRORS as error:
            raise DbtRuntimeError(spark_fault(error)) from error


class _Handle(SessionConnection):
    def __init__(self, session: SparkSession) -> None:
        super().__init__()
        self.session = session

    def cursor(self) -> _Cursor:
        return _Cursor(self.session)


class _Wrapper(SessionConnectionWrapper):
    handle: _Handle

    def cancel(self) -> None:
        self.handle.session.interruptAll()

    @classmethod
    def _fix_binding(cls, value: Any) -> Any:
        """Return a literal; dbt-spark's has neither NULL nor quotes within a text."""
        if value is None:
            return "null"
        if isinstance(value, str):
            return spark_literal(value)
        return super()._fix_binding(value)


class SparkSessionConnectionManager(SparkConnectionManager):
    """Connections that are all of one session."""

    TYPE = "sparksession"

    @classmethod
    def open(cls, connection: Connection) -> Connection:
        """Start the session, or join the one that there is."""
        if connection.state == ConnectionState.OPEN:
            return connection
        try:
            connection.handle = _Wrapper(_Handle(session_of(connection.credentials)))
        except SparkError as error:
            connection.state = ConnectionState.FAIL
            raise FailedToConnectError(str(error)) from error
        except SPARK_ERRORS as error:
            connection.state = ConnectionState.FAIL
            raise FailedToConnectError(spark_fault(error)) from error
        connection.state = ConnectionState.OPEN
        return connection
