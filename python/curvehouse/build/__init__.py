"""Building: dbt over the working file, then the publication of what it made."""

from curvehouse.build.dbt_process import BuildStep
from curvehouse.build.progress import showing_progress
from curvehouse.build.run import BuildResult, run_build

__all__ = ["BuildResult", "BuildStep", "run_build", "showing_progress"]
