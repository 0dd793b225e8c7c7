"""Fixtures of several test files."""

import signal

from cli_runs import models, run

__all__ = ["models", "run"]

# They need what the tests do not.
collect_ignore = ["benchmarks", "search"]

# A shell that runs the tests in the background has them ignore Ctrl-C, which some of them press.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
