"""Suites of the activation layer."""
