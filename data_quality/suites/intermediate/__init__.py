"""Suites of the intermediate layer."""
