"""Suites of the published layer."""
