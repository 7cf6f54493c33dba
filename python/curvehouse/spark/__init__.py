"""Spark as a second engine for the same dbt project.

The session and its kernels' buckets need the extra ``spark``; raw files, and marts that come back,
are of DuckDB alone.
"""
