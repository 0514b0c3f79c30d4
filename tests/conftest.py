"""The small built world, shared by the suites that look at whole nights."""

import pytest
from hypothesis import settings

from orchestration import environment
from tests.company import company
from tests.e2e.house import built, copy_of, make_house, world

__all__ = ["built", "company", "copy_of", "make_house", "world"]

# In CI a property draws the same examples every time, so that a change is judged and not the dice;
# everywhere else it explores.
settings.register_profile("ci", derandomize=True)
if environment.read().environment == "ci":
    settings.load_profile("ci")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each worker takes whole files, and one of them all that share the built house, which starts first."""
    shares = {item: "built" in getattr(item, "fixturenames", ()) for item in items}
    for item, is_shared in shares.items():
        item.add_marker(pytest.mark.xdist_group("built house" if is_shared else str(item.path)))
    items.sort(key=lambda item: not shares[item])
