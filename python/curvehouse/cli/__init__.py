"""The command line: it parses, calls, prints. One module per group of commands."""

from curvehouse.cli import build, ingest, query, status
from curvehouse.cli.app import main

__all__ = ["build", "ingest", "main", "query", "status"]
