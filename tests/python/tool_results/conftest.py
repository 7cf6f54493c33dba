"""The scripts here need the tools themselves, which the tests don't have."""

collect_ignore_glob = ["make_*.py"]
