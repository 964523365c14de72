"""What the order of operations depends on: the nature of each activation.

An activation is named by one text: its word in specs, and its number where the word takes one:
``leaky_relu(0.2)``. So the text of a kernel follows from its name, and cached code doesn't outlive
another default of the language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archsearch.spec.kinds.activation import ACTIVATION_NUMBERS
from archsearch.spec.kinds.fields import Numbered
from archsearch.spec.kinds.numbered import number_of, word_of

__all__ = ["NATURES", "Nature", "nature", "text_of", "word_and_number"]


@dataclass(frozen=True)
class Nature:
    """How an activation y = f(x) may be treated.

    Attributes:
        reads_input: whether its gradient follows from x; otherwise from y, and x needn't be kept.
        monotone: whether y never falls as x grows, so that a maximum may be taken before it.
        cheap: whether a convolution or a pooling ends with it; otherwise it is done by itself.
    """

    reads_input: bool = False
    monotone: bool = True
    cheap: bool = False


NATURES: Mapping[str, Nature] = {
    "none": Nature(cheap=True),
    "relu": Nature(cheap=True),
    "leaky_relu": Nature(cheap=True),
    "elu": Nature(),
    "gelu": Nature(reads_input=True, monotone=False),
    "silu": Nature(reads_input=True, monotone=False),
    "tanh": Nature(),
    "sigmoid": Nature(),
    "selu": Nature(),
    "softplus": Nature(reads_input=True),
    "hardtanh": Nature(cheap=True),
    "mish": Nature(reads_input=True, monotone=False),
}
"""Every activation that the engine has, by its word in specs."""


def text_of(value: str | Numbered) -> str:
    """What the engine calls an activation.

    Example:
        >>> text_of("relu"), text_of("elu"), text_of(Numbered("leaky_relu", 0.2))
        ('relu', 'elu(1.0)', 'leaky_relu(0.2)')
    """
    number = number_of(value, ACTIVATION_NUMBERS)
    return word_of(value) if number is None else f"{word_of(value)}({number!r})"


def word_and_number(text: str) -> tuple[str, float]:
    """The word of an activation and its number, 0 for a word that takes none.

    Example:
        >>> word_and_number("leaky_relu(0.2)"), word_and_number("relu")
        (('leaky_relu', 0.2), ('relu', 0.0))
    """
    word, _, number = text.rstrip(")").partition("(")
    return word, float(number or 0.0)


def nature(text: str) -> Nature:
    """The nature of an activation; a number doesn't change it."""
    return NATURES[word_and_number(text)[0]]
