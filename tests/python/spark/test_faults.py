"""Of what Spark says at length, the sentence that matters is told."""

from __future__ import annotations

import pytest

from curvehouse.spark.faults import spark_fault

ON_A_WORKER = """
An exception was thrown from the Python worker. Please see the stack trace below.
Traceback (most recent call last):
  File "/opt/spark/python/lib/pyspark.zip/pyspark/worker.py", line 3000, in main
  File "curvehouse/analytics/rolling.py", line 11, in <module>
    import numpy as np
{raised}

\tat org.apache.spark.api.python.BasePythonRunner$ReaderIterator.handlePythonException(x.scala:1)
\tat java.base/java.lang.Thread.run(Thread.java:840)
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            ON_A_WORKER.format(raised="ModuleNotFoundError: No module named 'numpy'"),
            (
                "a Spark worker lacks a Python package (No module named 'numpy'); install there "
                "what curvehouse needs, `pip install curvehouse`, in the Python that "
                "PYSPARK_PYTHON names."
            ),
        ),
        (
            ON_A_WORKER.format(raised="ValueError: days are not in order"),
            "ValueError: days are not in order",
        ),
        (
            (
                "[PYTHON_VERSION_MISMATCH] Python in worker has different version: 3.12 than that "
                "in driver: 3.11, PySpark cannot run with different minor versions.\n\tat java"
            ),
            (
                "the workers run another version of Python than this one, which Spark can't "
                "bridge; point PYSPARK_PYTHON at the right one there ([PYTHON_VERSION_MISMATCH] "
                "Python in worker has different version: 3.12 than that in driver: 3.11, PySpark "
                "cannot run with different minor versions.)."
            ),
        ),
        (
            "\n[DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012\n== SQL ==\nselect 1 / 0",
            "[DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012",
        ),
        ("", "Spark gave no reason"),
    ],
)
def test_one_sentence_is_told(text: str, told: str) -> None:
    assert spark_fault(RuntimeError(text)) == told
