"""Nothing heavy is imported before it is needed, so that commands and builds start at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from curvehouse.home import HOME_VARIABLE, Home

# By the names that they are imported as. Not pydantic: typer itself brings it where it is there.
NUMERICS = {"clarabel", "joblib", "pandas", "polars", "scipy", "sklearn", "statsmodels"}
HEAVY = NUMERICS | {
    "dask",
    "dbt",
    "distributed",
    "duckdb",
    "jinja2",
    "jsonschema",
    "numpy",
    "pyarrow",
    "requests",
    "rich",
    "yaml",
}

IMPORTS_OF = """
import sys

try:
    exec(sys.argv[1])
except SystemExit as ended:
    if ended.code:
        raise
print("\\n", *sorted({name.split(".")[0] for name in sys.modules}))
"""
ANALYTICS = """
import importlib, pkgutil
import curvehouse.analytics as analytics

for module in pkgutil.walk_packages(analytics.__path__, "curvehouse.analytics."):
    importlib.import_module(module.name)
"""
NO_TRADES = """
import pyarrow as pa
from curvehouse.analytics.failures import find_failure_clusters, find_failure_rules

texts = ("run_id", "strategy", "symbol", "side")
numbers = ("pnl", "hold_minutes", "pre_runup_pct", "entry_vol")
schema = pa.schema(
    [(name, pa.string()) for name in texts]
    + [(name, pa.timestamp("us")) for name in ("entry_at", "exit_at")]
    + [("copy_count", pa.int64())]
    + [(name, pa.float64()) for name in numbers]
)
for find in (find_failure_clusters, find_failure_rules):
    assert not find(pa.RecordBatchReader.from_batches(schema, [])).num_rows
"""


def imports_of(statements: str, **environment: str) -> set[str]:
    """Return the packages that some statements import, in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS_OF, statements],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ":".join(filter(None, sys.path)), **environment},
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "statements",
    [
        "import curvehouse.cli",
        "from curvehouse.cli import main; main(['--help'])",
        "from curvehouse.cli import main; main(['ingest', 'runs', '--help'])",
        "from curvehouse.cli import main; main(['--version'])",
    ],
)
def test_help_imports_nothing_heavy(statements: str) -> None:
    found = imports_of(statements)
    assert "typer" in found
    assert not found & HEAVY


def test_a_query_imports_duckdb_and_no_numerics(demo_home: Home) -> None:
    query = "from curvehouse.cli import main; main(['query', 'select 1'])"
    found = imports_of(query, **{HOME_VARIABLE: str(demo_home.root)})
    assert "duckdb" in found
    assert not found & (NUMERICS | {"dbt", "numpy", "pyarrow"})


def test_kernels_import_what_fits_only_when_there_is_something_to_fit() -> None:
    found = imports_of(ANALYTICS)
    assert {"numpy", "pyarrow"} <= found
    assert not found & (NUMERICS | {"dbt", "duckdb"})
    # pyarrow looks for pandas when it makes arrays of lists.
    assert not imports_of(NO_TRADES) & (NUMERICS - {"pandas"})
