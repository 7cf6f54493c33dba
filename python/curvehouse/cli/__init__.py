"""The command line: it parses, calls, prints. One module per group of commands."""

from curvehouse.cli import (
    build,
    demo,
    export,
    imported,
    ingest,
    query,
    raw,
    report,
    results,
    retract,
    status,
    sweep,
)
from curvehouse.cli.app import main

__all__ = [
    "build",
    "demo",
    "export",
    "imported",
    "ingest",
    "main",
    "query",
    "raw",
    "report",
    "results",
    "retract",
    "status",
    "sweep",
]
