"""The names that a constraint may speak of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from archsearch.config.model import Model
from archsearch.config.quantities import planned

__all__ = ["CONSTRAINABLE", "ConstrainedNames", "constrained_names"]

CONSTRAINABLE = tuple(each.name for each in planned("constraint"))
"""Numbers of a plan that a constraint may name."""
_OF_LAYER = ("channels", "height", "width", "size")


@dataclass(frozen=True)
class ConstrainedNames:
    """Numbers of the plan, searched names, params, and the outputs of named layers.

    Attributes:
        plain: names as they are.
        layers: patterns of layer names; ``skip_$(i)`` stands for any ``skip_…``.
        examples: names to suggest.
    """

    plain: frozenset[str]
    layers: tuple[re.Pattern[str], ...]
    examples: tuple[str, ...]

    def __contains__(self, name: str) -> bool:
        layer, _, part = name.rpartition(".")
        inner = layer.rpartition(".")[2]  # a block's layers are `use_name.inner` outside
        return name in self.plain or (
            part in _OF_LAYER and any(pattern.fullmatch(inner) for pattern in self.layers)
        )


def constrained_names(searched: Iterable[str], model: Model | None) -> ConstrainedNames:
    """What constraints over ``model`` and the ``searched`` names may say."""
    params = () if model is None else model.family.params
    plain = frozenset((*CONSTRAINABLE, *params, *searched))
    if model is None:  # its own problem is told; names of its layers can't be judged
        return ConstrainedNames(plain, (re.compile(r".+"),), tuple(sorted(plain)))
    names = [item.options.name for item in model.family.items() if item.options.name is not None]
    patterns = tuple(
        re.compile("".join(re.escape(p) if isinstance(p, str) else r"\w+" for p in name.parts))
        for name in names
    )
    literal = [f"{name.literal}.{part}" for name in names if name.literal for part in _OF_LAYER]
    return ConstrainedNames(plain, patterns, tuple(sorted({*plain, *literal})))
