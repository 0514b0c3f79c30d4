"""Which identifiers make one person (`identity.yml`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from orchestration.rules import Strict


def _type_name(text: str) -> str:
    name = text.strip().lower()
    if not name or ":" in name:
        raise ValueError(f"{text!r} is not a kind of identifier, such as user_id, email or wechat_openid")
    return name


IdType = Annotated[str, AfterValidator(_type_name)]
Id = Annotated[str, Field(min_length=1, max_length=500)]


class Joining(Strict):
    """A kind of identifier whose shared values make their users one person."""

    at_most: int = Field(2, ge=2, le=1000, description="users of one value; more are over the cap")
    verified_by: str | None = Field(
        None, pattern="^[^'\"]+$", description="key of the users' attributes that must say yes"
    )


class Pair(Strict):
    """Two identifiers, in the words of the contract's identities."""

    id_type: IdType
    id: Id
    linked_id_type: IdType
    linked_id: Id

    @property
    def ends(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Both identifiers, in an order of their own."""
        first, second = sorted([(self.id_type, self.id), (self.linked_id_type, self.linked_id)])
        return first, second

    @model_validator(mode="after")
    def _two(self) -> Pair:
        if len(set(self.ends)) < 2:
            raise ValueError("a pair needs two identifiers")
        return self


class Identity(Strict):
    """How identifiers become people; every value has a default and a meaning."""

    joins_users: dict[IdType, Joining] = Field(default_factory=lambda: {"email": Joining()})
    declared_at_most: int = Field(50, ge=1, description="others one identifier may be declared one with")
    never_link: dict[IdType, list[Id]] = Field(default_factory=dict, description="generic values by type")
    phone_country_code: str = Field("", pattern="^[0-9]{0,3}$", description="of numbers without one")
    device_property: str | None = Field(
        None, pattern="^[^'\"]+$", description="key of the events' properties that names the device"
    )
    together: list[Pair] = Field(default_factory=list, description="one person, whatever was seen")
    apart: list[Pair] = Field(default_factory=list, description="two persons, whatever was seen")
    largest_person: int = Field(100, ge=2, description="identifiers of one person before a warning")

    @model_validator(mode="after")
    def _can_be_obeyed(self) -> Identity:
        if "user_id" in self.joins_users:
            raise ValueError("joins_users: user_id joins nothing but by declaration")
        for number, pair in enumerate(self.together, 1):
            if len({kind == "user_id" for kind, _ in pair.ends}) > 1:
                raise ValueError(
                    f"together: pair {number}: users are put together with users, other identifiers"
                    " with each other"
                )
        groups = _groups(self.together)
        for number, pair in enumerate(self.apart, 1):
            first, second = pair.ends
            if groups.get(first, first) == groups.get(second, second):
                raise ValueError(f"apart: the two of pair {number} are also together")
        return self


def _groups(pairs: list[Pair]) -> dict[tuple[str, str], tuple[str, str]]:
    """The smallest identifier each of the paired ones is put together with."""
    roots: dict[tuple[str, str], tuple[str, str]] = {}

    def root(node: tuple[str, str]) -> tuple[str, str]:
        while roots.get(node, node) != node:
            node = roots[node]
        return node

    for pair in pairs:
        low, high = sorted(map(root, pair.ends))
        roots[low], roots[high] = low, low
    return {node: root(node) for node in _nodes(pairs)}


def _nodes(pairs: list[Pair]) -> Iterator[tuple[str, str]]:
    for pair in pairs:
        yield from pair.ends
