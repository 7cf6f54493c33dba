select path
from duckdb_databases()
where not internal
