"""Write what is made of the tables' definitions: ``python -m generate``."""

from __future__ import annotations

import sys
from pathlib import Path

from generate.metrics_page import metrics_page

PROJECT = Path(__file__).parents[1]


def main() -> int:
    """Write all files, and name those that came out otherwise than they were."""
    files = {PROJECT / "docs" / "metrics.md": metrics_page(PROJECT)}
    for path, text in files.items():
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            print(f"wrote {path.relative_to(PROJECT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
