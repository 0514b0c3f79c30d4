"""Suites of the marts layer."""
