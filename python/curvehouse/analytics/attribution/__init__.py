"""What curves earned beyond some factors: exposures, and the contributions that follow from them.

Factors and curves meet on the days that both have. Exposures are ordinary least squares over
rolling and expanding windows, known at a day's end, so that they act from the next day on; what
they do not explain is the rest.
"""

from curvehouse.analytics.attribution.rows import ATTRIBUTION_SCHEMA
from curvehouse.analytics.attribution.stream import attribute_backtests

__all__ = ["ATTRIBUTION_SCHEMA", "attribute_backtests"]
