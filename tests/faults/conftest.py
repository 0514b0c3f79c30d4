"""The same small world as the end-to-end tests."""

from tests.e2e.conftest import built, copy_of, make_house, settled, world

__all__ = ["built", "copy_of", "make_house", "settled", "world"]
