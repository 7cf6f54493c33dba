"""What losing trades have in common, and whether other trades have it too."""

from curvehouse.analytics.failures.assignment import ASSIGNMENT_SCHEMA, assign_trades
from curvehouse.analytics.failures.clusters import CLUSTER_SCHEMA, find_failure_clusters
from curvehouse.analytics.failures.rules import RULE_SCHEMA, find_failure_rules

__all__ = [
    "ASSIGNMENT_SCHEMA",
    "CLUSTER_SCHEMA",
    "RULE_SCHEMA",
    "assign_trades",
    "find_failure_clusters",
    "find_failure_rules",
]
