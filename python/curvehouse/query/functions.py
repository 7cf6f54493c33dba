"""Functions that a query may not call: they reach for other files, or change the session."""

from __future__ import annotations

import re

__all__ = ["REFUSED_FUNCTIONS", "REFUSED_NAMES"]

_NAMES_BY_REASON = {
    "reaches for other files, and `query` reads the published file alone; `curvehouse ingest "
    "--help` says how files are loaded.": """
        glob parquet_bloom_probe parquet_file_metadata parquet_full_metadata parquet_kv_metadata
        parquet_metadata parquet_scan parquet_schema read_blob read_csv read_csv_auto read_duckdb
        read_json read_json_auto read_json_objects read_json_objects_auto read_ndjson
        read_ndjson_auto read_ndjson_objects read_parquet read_text read_xlsx sniff_csv
    """,
    "changes what DuckDB does, and `query` only reads; take it out of the query.": """
        checkpoint disable_logging disable_profile disable_profiling enable_logging enable_profile
        enable_profiling force_checkpoint truncate_duckdb_logs write_log
    """,
    "tells of the machine, and `query` reads the published tables alone; take it out of the "
    "query.": """
        duckdb_extensions duckdb_secrets getenv which_secret
    """,
    "reads memory by its address, which `query` does for nobody; name a table.": """
        arrow_scan arrow_scan_dumb pandas_scan python_map_function seq_scan
    """,
    "runs SQL out of a text, unseen; write that SQL as the query itself.": """
        json_execute_serialized_sql query
    """,
}

REFUSED_FUNCTIONS: dict[str, str] = {
    name: reason for reason, names in _NAMES_BY_REASON.items() for name in names.split()
}

# Where none of the names occurs, nothing needs to be parsed.
REFUSED_NAMES = re.compile(rf"\b(?:{'|'.join(REFUSED_FUNCTIONS)})\b", re.IGNORECASE)
