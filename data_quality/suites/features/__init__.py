"""Suites of the features layer."""
