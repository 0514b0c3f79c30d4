"""Suites of the staging layer."""
