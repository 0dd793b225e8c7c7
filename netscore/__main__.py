"""The program: ``netscore``, or ``python -m netscore``."""

from __future__ import annotations

import signal
import sys


def main() -> int:
    """Run the command line; while it is loaded, Ctrl-C ends the process without a word."""
    interrupt = signal.getsignal(signal.SIGINT)
    if interrupt is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from netscore import cli

    signal.signal(signal.SIGINT, interrupt)
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
