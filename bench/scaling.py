"""Write the figures of docs/scaling.md from the results."""

from bench.results import PartResults
from collections.abc import Mapping


def update_page(results: Mapping[str, PartResults]) -> None: ...
