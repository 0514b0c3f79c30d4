"""Suites of the predictions layer."""
