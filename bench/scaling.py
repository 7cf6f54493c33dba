"""Write the figures of docs/scaling.md from the results."""

from collections.abc import Mapping

from bench.results import PartResults


def update_page(results: Mapping[str, PartResults]) -> None: ...
