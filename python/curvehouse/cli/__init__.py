"""The command line: it parses, calls, prints. One module per group of commands."""

from curvehouse.cli import build, demo, ingest, query, retract, status, sweep
from curvehouse.cli.app import main

__all__ = ["build", "demo", "ingest", "main", "query", "retract", "status", "sweep"]
