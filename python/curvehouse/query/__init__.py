"""One read-only statement on the published file, with no access to any other file."""

from curvehouse.query.published import open_published
from curvehouse.query.run import QueryResult, run_query

__all__ = ["QueryResult", "open_published", "run_query"]
