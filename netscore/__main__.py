"""Run the command line with ``python -m netscore``."""

from __future__ import annotations

import sys

from netscore.cli import main

if __name__ == "__main__":
    sys.exit(main())
