"""What dbt prints beside the adapter's name: it comes with this package."""

from curvehouse import __version__ as version

__all__ = ["version"]
