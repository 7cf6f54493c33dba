"""Names of pages, which hold no text from data that a path or a browser could misread."""

from __future__ import annotations

import hashlib
import re

__all__ = ["page_name"]

# Lower case only, since some disks take two names for one that differ in nothing else.
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def page_name(kind: str, identity: str) -> str:
    """Return the file name of the page about one run, backtest or portfolio.

    Examples
    --------
    >>> page_name("run", "demo")
    'run-demo.html'
    >>> page_name("run", "../<b>")
    'run-x.9f46aef2a2b62514.html'
    """
    if _PLAIN.fullmatch(identity):
        return f"{kind}-{identity}.html"
    digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return f"{kind}-x.{digest}.html"
