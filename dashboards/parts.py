"""Components of the pages' own: plain elements in one piece, and a chart drawn once.

Dash keeps a component for every element. Two tables of 200 rows are thousands, and a browser is busy with
them for seconds; `browser/parts.js` makes the elements of a whole table at once instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from dash import dcc
from dash.development.base_component import Component


class _Part(Component):
    """What Dash asks of a component class: its name and properties."""

    _children_props: ClassVar[list[str]] = []
    _base_nodes: ClassVar[list[str]] = ["children"]
    _namespace = "dashboards"
    _valid_wildcard_attributes: ClassVar[list[str]] = []
    available_wildcard_properties: ClassVar[list[str]] = []


class Plain(_Part):
    """Elements that no callback is about.

    Parameters
    ----------
    shown : Component
        An element of `dash.html` with elements, links of `dcc.Link` and text in it. What is made by the
        thousand is a tuple: a name, attributes and what is in it.
    """

    _type = "Plain"
    _prop_names: ClassVar[list[str]] = ["tree"]
    available_properties = _prop_names

    def __init__(self, shown: Component) -> None:
        super().__init__(tree=_tree(shown))


class Chart(_Part):
    """A Plotly figure that is drawn when it is there, in the colours of the theme that is on."""

    _type = "Chart"
    _prop_names: ClassVar[list[str]] = ["id", "figure"]
    available_properties = _prop_names

    def __init__(self, id: str, figure: Mapping[str, Any] | None = None) -> None:  # noqa: A002
        super().__init__(id=id, **({"figure": figure} if figure else {}))


def _tree(part: Any) -> Any:
    """A name, attributes and children; text, numbers and what is written so already are themselves."""
    if not isinstance(part, Component):
        return part
    given = part.to_plotly_json()
    attributes = {name: value for name, value in given["props"].items() if name != "children"}
    children = getattr(part, "children", None)
    inner = children if isinstance(children, list | tuple) else [children]
    name = "a" if isinstance(part, dcc.Link) else str(given["type"]).lower()
    return [name, attributes, *(_tree(child) for child in inner if child is not None)]
