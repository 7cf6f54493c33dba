"""A dbt adapter for Spark by way of a session in dbt's own process, Python models included.

It is dbt-spark with three differences: the session is Curvehouse's, values of seeds are quoted, and
Python models run on that session, where dbt-spark knows Databricks alone.
"""

from pathlib import Path

from dbt.adapters.base.plugin import AdapterPlugin
from dbt_common.exceptions import DbtRuntimeError

try:
    from dbt.adapters.sparksession.connections import SparkSessionCredentials
    from dbt.adapters.sparksession.impl import SparkSessionAdapter
except ImportError as error:
    raise DbtRuntimeError(
        f"Spark needs packages that are not installed ({error}); `pip install 'curvehouse[spark]'` "
        "brings them."
    ) from error

__all__ = ["Plugin", "SparkSessionAdapter", "SparkSessionCredentials"]

Plugin = AdapterPlugin(
    adapter=SparkSessionAdapter,  # type: ignore[arg-type]  # as dbt-spark has it
    credentials=SparkSessionCredentials,
    include_path=str(Path(__file__).parent),
    dependencies=["spark"],
)
