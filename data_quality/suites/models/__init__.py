"""Suites of the models layer."""
