"""The bundle for Apache Superset: a database, datasets, charts and two dashboards, as YAML."""

from generate.superset.bundle import superset_bundle

__all__ = ["superset_bundle"]
