"""The report, looked at in a real browser."""
