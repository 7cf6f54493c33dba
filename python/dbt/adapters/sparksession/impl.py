"""The adapter, and how it runs Python models."""

from __future__ import annotations

from typing import Any

from dbt.adapters.base.impl import PythonJobHelper
from dbt.adapters.spark.impl import SparkAdapter
from dbt_common.exceptions import DbtRuntimeError

from curvehouse.spark.faults import SPARK_ERRORS, spark_fault
from dbt.adapters.sparksession.connections import (
    SparkSessionConnectionManager,
    SparkSessionCredentials,
    session_of,
)

__all__ = ["SparkSessionAdapter"]


class _SessionJob(PythonJobHelper):
    """Runs the code that dbt renders for a Python model, which ends by writing its table."""

    def __init__(self, parsed_model: dict[str, Any], credential: SparkSessionCredentials) -> None:
        self._name = parsed_model["alias"]
        self._session = session_of(credential)

    def submit(self, compiled_code: str) -> None:
        code = compile(compiled_code, f"{self._name}.py", "exec")
        try:
            exec(code, {"spark": self._session, "__name__": self._name})  # noqa: S102 - dbt's
        except SPARK_ERRORS as error:
            raise DbtRuntimeError(spark_fault(error)) from error


class SparkSessionAdapter(SparkAdapter):
    """dbt-spark's adapter on the session, with Python models."""

    ConnectionManager = SparkSessionConnectionManager

    @property
    def default_python_submission_method(self) -> str:
        """The only one."""
        return "session"

    @property
    def python_submission_helpers(self) -> dict[str, type[PythonJobHelper]]:
        """What runs a Python model, by the name of the method."""
        return {"session": _SessionJob}
