"""A YAML file as a tree of nodes that know where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archsearch.spec.text.diagnostic import Span

__all__ = ["Entry", "ListNode", "MapNode", "Node", "Scalar", "ScalarNode", "plain_data"]

Scalar = None | bool | int | float | str


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A number, text, boolean or null; ``text`` is how it is written."""

    value: Scalar
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class ListNode:
    """A sequence."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping with its value."""

    key: str
    key_node: ScalarNode
    value: Node


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping; its keys are texts, each there once.

    ``damaged``: some entry had to be left out, so a key that isn't there may
    have been meant.
    """

    entries: tuple[Entry, ...]
    span: Span
    damaged: bool = False

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def entry(self, key: str) -> Entry | None:
        """The entry of ``key``, or None."""
        for entry in self.entries:
            if entry.key == key:
                return entry
        return None


Node = ScalarNode | ListNode | MapNode

PlainData = Scalar | list["PlainData"] | dict[str, "PlainData"]


def plain_data(node: Node) -> PlainData:
    """The node's value without places: scalars, lists and dicts."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return [plain_data(item) for item in node.items]
    return {entry.key: plain_data(entry.value) for entry in node}
