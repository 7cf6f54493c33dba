"""Run the command line as ``python -m curvehouse``."""

from curvehouse.cli import main

if __name__ == "__main__":
    main()
