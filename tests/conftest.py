"""Fixtures of several test files."""

import signal

from cli_runs import models, run

__all__ = ["models", "run"]

# They need what the tests do not.
collect_ignore = ["benchmarks", "browser/slider.py", "search"]

# A shell that runs the tests in the background has them ignore Ctrl-C, which some of them press,
# and nohup has them ignore the end of the terminal.
for name in ("SIGINT", "SIGHUP"):
    number = getattr(signal, name, None)
    if number is not None and signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)
