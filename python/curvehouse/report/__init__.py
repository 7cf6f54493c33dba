"""A static site made of the published file: it opens from disk, with no network and no server.

`answers` asks the named queries in ``sql/``; a module in `pages` makes the content of a kind of
page of the answers; `charts` holds the Vega-Lite charts, which are the same on every page and get
their data from it; `rendering` puts the content into ``templates/``; `site` puts the folder in
place whole.
"""

from curvehouse.report.writing import DEFAULT_TOP, write_report

__all__ = ["DEFAULT_TOP", "write_report"]
