"""A layer as it will be written: its kind, its fields, and the modules whose weights it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import nn

__all__ = ["BORDER", "Inexpressible", "Layer", "parts_as", "same", "torch_class"]

BORDER = "border"
"""The kind of a border that isn't yet part of a convolution or pooling, nor a ``pad``: its fields
are ``pads`` (top, bottom, left, right) and ``mode``."""


class Inexpressible(Exception):  # noqa: N818 - no error of a program
    """What the language has no words for; the text says why, after the name of the layer."""


@dataclass(eq=False)
class Layer:
    """One layer of a spec.

    Attributes:
        kind: the word.
        fields: their values as files have them; of a scalar kind, the one under its name.
        source: where it stands in the module.
        parts: the modules with its weights, by their names in the built layer.
        name: beside the kind, where a join reads it; or "".
        bodies: of a join, lists of layers by key; for ``parallel`` there is one list of lists.
        gives: the number of the recorded tensor that it gives.
    """

    kind: str
    fields: dict[str, Any]
    source: str
    parts: dict[str, nn.Module] = field(default_factory=dict)
    name: str = ""
    bodies: dict[str, Sequence[Any]] = field(default_factory=dict)
    gives: int = -1


def parts_as(name: str, layer: Layer) -> dict[str, nn.Module]:
    """The modules of a layer that becomes the part ``name`` of another."""
    return {f"{name}.{inner}".rstrip("."): part for inner, part in layer.parts.items()}


def torch_class(module: nn.Module) -> type[nn.Module]:
    """The class of ``torch.nn`` that a module is of, perhaps through a class of the user's.

    Example:
        >>> class Padded(nn.Conv2d): ...
        >>> torch_class(Padded(3, 8, 3))
        <class 'torch.nn.modules.conv.Conv2d'>
    """
    classes = type(module).__mro__
    return next(each for each in classes if each.__module__.startswith("torch.nn.modules."))


def same(pair: object) -> object:
    """One number for equal axes.

    Example:
        >>> same((3, 3)), same((3, 5)), same(2)
        (3, (3, 5), 2)
    """
    if isinstance(pair, tuple) and len(pair) == 2 and pair[0] == pair[1]:
        return pair[0]
    return pair
