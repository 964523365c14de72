"""What latent size is to be told apart from: the searched choices that change the trunk.

Parameters and MACs aren't among them. At a given trunk they follow from the latent, so that
holding them equal would change the trunk with the latent.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from archsearch.space.balance import HEIGHT_WIDTH, amounts, factor_amounts
from archsearch.space.candidates import Candidate, SearchSpace
from archsearch.space.domains import Value
from archsearch.spec import trunk_key

__all__ = ["design_factors", "trunk_choices"]

Floats = NDArray[np.float64]

LOOKED_AT = 40
"""Candidates that are resolved again with another value, to see whether the trunk changes."""


def design_factors(
    space: SearchSpace, candidates: Sequence[Candidate], over: str
) -> dict[str, Floats]:
    """What a design holds ``over`` apart from, each as a number for each candidate.

    Sizes of the latent or the bottleneck: every searched choice of the trunk, a word as 0 and
    1 (one column for each of several words), and latent height×width. Parameters or MACs: the
    latent's size and the other costs.
    """
    if over in {"params", "macs"}:
        return factor_amounts(candidates, over)
    found: dict[str, Floats] = {}
    for name in trunk_choices(space, candidates):
        default = space.model.param_defaults.get(name)
        found |= _columns(name, [c.values.get(name, default) for c in candidates])
    return found | {HEIGHT_WIDTH: amounts(candidates, "latent.area")}


def trunk_choices(space: SearchSpace, candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """The searched names that change more of some candidate than the size of its code."""
    return tuple(name for name in space.domains if _changes_trunk(space, candidates, name))


def _changes_trunk(space: SearchSpace, candidates: Sequence[Candidate], name: str) -> bool:
    having = list(islice((c for c in candidates if name in c.values), LOOKED_AT))
    for one, other in zip(having, [*having[1:], *having[:1]], strict=True):
        if one.values[name] != other.values[name]:
            plan = space.resolve({**one.values, name: other.values[name]}).plan
            if plan is not None and trunk_key(plan) != trunk_key(one.plan):
                return True
    return False


def _columns(name: str, values: Sequence[Value | None]) -> dict[str, Floats]:
    """Numbers as they are; else which of its values a candidate has."""
    if all(isinstance(value, bool | int | float) for value in values):
        return {name: np.array(values, dtype=float)}
    texts = [str(value) for value in values]
    levels = sorted(set(texts))
    return {
        f"{name}={level}": np.array([text == level for text in texts], dtype=float)
        for level in (levels[-1:] if len(levels) <= 2 else levels)
    }
