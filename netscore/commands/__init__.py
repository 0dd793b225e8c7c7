"""The commands of the command line, a file for each.

Each has ``add_parser``, which says what the command takes, and ``run``, which does it and returns
the exit code. What several of them share is in ``arguments``, ``printing`` and ``files``.
"""
