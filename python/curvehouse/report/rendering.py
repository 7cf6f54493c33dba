"""From the content of a page to HTML; whatever comes from data is escaped."""

from __future__ import annotations

from functools import cache
from typing import Any

import jinja2

from curvehouse.report.page import Page

__all__ = ["Frame", "render"]

Frame = dict[str, Any]
"""What all pages of a site share: the publication, and the pages to be reached from each."""


def render(page: Page, frame: Frame) -> str:
    """Return a page as HTML."""
    template = _environment().get_template(page.template)
    return template.render(page=page, frame=frame, **(page.content or {}))


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("curvehouse.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
