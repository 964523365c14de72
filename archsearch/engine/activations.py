"""What the order of operations depends on: the nature of each activation.

An activation is named by one text: its word in specs, or that with a number: ``leaky_relu(0.2)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archsearch.spec.kinds.activation import ACTIVATION_NUMBERS
from archsearch.spec.kinds.fields import Numbered
from archsearch.spec.kinds.numbered import number_of

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
        >>> text_of("relu"), text_of(Numbered("leaky_relu", 0.2))
        ('relu', 'leaky_relu(0.2)')
    """
    return f"{value.word}({value.number!r})" if isinstance(value, Numbered) else value


def word_and_number(text: str) -> tuple[str, float]:
    """The word of an activation and its number, 0 for a word that takes none.

    Example:
        >>> word_and_number("leaky_relu(0.2)"), word_and_number("elu"), word_and_number("relu")
        (('leaky_relu', 0.2), ('elu', 1.0), ('relu', 0.0))
    """
    word, _, number = text.rstrip(")").partition("(")
    usual = number_of(word, ACTIVATION_NUMBERS) or 0.0
    return word, float(number) if number else usual


def nature(text: str) -> Nature:
    """The nature of an activation; a number doesn't change it."""
    return NATURES[word_and_number(text)[0]]
