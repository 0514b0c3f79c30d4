"""The small built world, shared by the suites that look at whole nights."""

from tests.e2e.house import built, copy_of, make_house, world

__all__ = ["built", "copy_of", "make_house", "world"]
