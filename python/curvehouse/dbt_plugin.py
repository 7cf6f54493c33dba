"""What dbt needs before its first query: the working file, and the raw tables in it.

dbt-duckdb loads this module because ``profiles.yml`` names it, so a plain ``dbt build`` works on a
fresh clone with nothing loaded. ``on-run-start`` would be too late: dbt lists schemas before it.
"""

from __future__ import annotations

from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from curvehouse.database import ensure_database
from curvehouse.home import Home
from curvehouse.raw import ensure_raw_tables

__all__ = ["Plugin"]


class Plugin(BasePlugin):
    """Prepares the working file for dbt."""

    def update_connection_config(
        self,
        creds: DuckDBCredentials,
        config: dict[str, Any],  # noqa: ARG002 - the signature is dbt-duckdb's
    ) -> None:
        """Find the path in the home, and make the file where there is none."""
        path = Home.resolve().root / creds.path
        ensure_database(path)
        creds.path = str(path)

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Create the raw tables that are missing."""
        ensure_raw_tables(conn)
