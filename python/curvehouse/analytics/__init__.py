"""Pure numerics: Arrow or arrays in, new values out; no files, clock, database or dbt.

The dbt Python models call these; each function states its schema, its seeds and its NULL rule.
"""
