"""What Spark says when a statement fails, as one sentence where its own words are many."""

from __future__ import annotations

import re

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

__all__ = ["SPARK_ERRORS", "spark_fault"]

# The second where Spark has no class of its own for what went wrong.
SPARK_ERRORS = (PySparkException, Py4JError)

_MISSING = re.compile(r"(?:ModuleNotFoundError|ImportError): (No module named '[\w.]+'|[^\n]+)")
_RAISED = re.compile(r"^(\w+(?:\.\w+)*(?:Error|Exception): [^\n]+)", re.MULTILINE)


def spark_fault(error: BaseException) -> str:
    """Return what to tell of an error that Spark raised.

    Its message holds the stack of the JVM, and that of Python on a worker within it; what matters
    is the last line of the latter, or the first of all.
    """
    text = str(error)
    if "PYTHON_VERSION_MISMATCH" in text:
        return (
            "the workers run another version of Python than this one, which Spark can't bridge; "
            f"point PYSPARK_PYTHON at the right one there ({_first_line(text)})."
        )
    missing = _MISSING.search(text)
    if missing:
        return (
            f"a Spark worker lacks a Python package ({missing.group(1)}); install there what "
            "curvehouse needs, `pip install curvehouse`, in the Python that PYSPARK_PYTHON names."
        )
    raised = _RAISED.findall(text) if "Traceback (most recent call last)" in text else []
    return raised[-1] if raised else _first_line(text)


def _first_line(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line), "Spark gave no reason")
