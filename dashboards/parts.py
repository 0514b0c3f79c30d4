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


class Menu(_Part):
    """The menu.

    Parameters
    ----------
    groups : list
        Of each group its title, and pairs of a page's title and address.
    here : str
        The address that is open.
    """

    _type = "Menu"
    _prop_names: ClassVar[list[str]] = ["groups", "here"]
    available_properties = _prop_names

    def __init__(self, groups: Any, here: str) -> None:
        super().__init__(groups=groups, here=here)


class Title(_Part):
    """A chart's title.

    Parameters
    ----------
    id, text : str
        The chart's id and what it is called.
    meaning : str
        Paragraphs, shown while the sign beside the title is pointed at or has the focus; no sign without.
    label : str
        What the sign is called to those who do not see it.
    """

    _type = "Title"
    _prop_names: ClassVar[list[str]] = ["id", "text", "meaning", "label"]
    available_properties = _prop_names

    def __init__(self, id: str, text: str, meaning: str, label: str) -> None:  # noqa: A002
        super().__init__(id=id, text=text, meaning=meaning, label=label)


class Notices(_Part):
    """Where Vizro says that figures could not be updated; the label is that of what closes it."""

    _type = "Notices"
    _prop_names: ClassVar[list[str]] = ["id", "label", "sendNotifications"]
    available_properties = _prop_names

    def __init__(self, id: str, label: str) -> None:  # noqa: A002
        super().__init__(id=id, label=label)


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
