"""The codes that ingest gives for files it can't accept; the readers define them."""

from curvehouse.readers.faults import ReasonCode

__all__ = ["ReasonCode"]
