"""Attacks on the package that run for a given time: ``python -m tests.search --seconds 300``."""
