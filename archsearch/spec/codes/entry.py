"""The record that explains one code, and frames for its examples."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from archsearch.spec.text.diagnostic import Severity

__all__ = ["Explanation", "spec", "study"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What ``archsearch explain CODE`` says.

    Attributes:
        code: the code, kebab-case.
        title: what is wrong, in a few words.
        why: why that is so and what to do, with the formula where one applies.
        wrong: a whole file that gives exactly this code; "" where it can't be
            shown.
        right: the same, fixed.
        severity: errors stop; warnings do so under ``--strict``.
        encoding: how the wrong file's bytes come about.
        picture_channels: channels of the pictures, where the code depends on
            it.
    """

    code: str
    title: str
    why: str
    wrong: str
    right: str
    severity: Severity = "error"
    encoding: str = "utf-8"
    picture_channels: int | None = None

    @property
    def is_study(self) -> bool:
        """Whether the examples are study files, over ``model: net.yaml``."""
        return "\nspace:" in self.right or self.right.startswith("space:")


def spec(encoder: str, decoder: str = "- conv: {channels: auto}", above: str = "") -> str:
    """A small whole spec around layers of interest.

    Example:
        >>> print(spec("- conv: {channels: 2}"), end="")
        input: {channels: auto, height: 8, width: 8}
        encoder:
          - conv: {channels: 2}
        decoder:
          - conv: {channels: auto}
    """
    head = "input: {channels: auto, height: 8, width: 8}\n"
    if above:
        head += above.rstrip("\n") + "\n"
    return head + _section("encoder", encoder) + _section("decoder", decoder)


def _section(key: str, body: str) -> str:
    if not body.startswith("- "):
        return f"{key}: {body}\n"
    return f"{key}:\n{textwrap.indent(body.strip(), '  ')}\n"


def study(space: str, more: str = "", model: str = "net.yaml") -> str:
    """A small whole study over a spec beside it."""
    return f"model: {model}\nspace:\n{textwrap.indent(space.strip(), '  ')}\n{more}"
