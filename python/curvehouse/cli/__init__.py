"""The command line: it parses, calls, prints. One module per group of commands."""

from curvehouse.cli import ingest
from curvehouse.cli.app import main

__all__ = ["ingest", "main"]
