"""Write what is made of the tables' definitions: ``python -m generate``."""

from __future__ import annotations

import sys
from pathlib import Path

from generate.files import generated_files
from generate.manifest import compiled_manifest

PROJECT = Path(__file__).parents[1]


def main() -> int:
    """Write all files, remove those that are no more, and name what has changed."""
    wanted = generated_files(PROJECT, compiled_manifest(PROJECT))
    for folder in {Path(path).parts[0] for path in wanted} - {"docs"}:
        for path in sorted((PROJECT / folder).rglob("*.yaml")):
            if str(path.relative_to(PROJECT)) not in wanted:
                path.unlink()
                print(f"removed {path.relative_to(PROJECT)}")
    for name, text in wanted.items():
        path = PROJECT / name
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
