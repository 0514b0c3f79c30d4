"""Suites of the raw layer."""
