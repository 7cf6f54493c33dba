"""What all pages share: the stylesheet, the scripts, and Vega with the charts for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources

__all__ = ["shared_files"]

_OWN = ("report.css", "all-rows.css", "tables.js", "charts.js")
_EXPORT = "window.vegaEmbed = vegaEmbed;"
_NOTICE = """\
/* Vega, Vega-Lite, Vega-Embed and Vega-Tooltip: Copyright (c) University of Washington Interactive
   Data Lab and contributors; BSD 3-Clause, https://github.com/vega/vega/blob/main/LICENSE.
   D3: Copyright (c) Mike Bostock; ISC, https://github.com/d3/d3/blob/main/LICENSE. */
"""


def shared_files() -> Iterator[tuple[str, str]]:
    """Yield name and text of each file that the pages share."""
    # The extra `report` brings what these need; without it, the command is to say so.
    from curvehouse.report.charts import all_charts  # noqa: PLC0415

    for name in _OWN:
        text = (resources.files("curvehouse.report") / "assets" / name).read_text(encoding="utf-8")
        yield f"assets/{name}", text
    specifications = json.dumps(all_charts(), separators=(",", ":"))
    yield "assets/specifications.js", f"window.curvehouseCharts = {specifications};\n"
    yield "assets/vega.js", _vega()


@cache
def _vega() -> str:
    import vl_convert  # noqa: PLC0415

    # A function of its own, or the bundle's short names would be global.
    return f"{_NOTICE}(() => {{\n{vl_convert.javascript_bundle(_EXPORT)}\n}})();\n"
