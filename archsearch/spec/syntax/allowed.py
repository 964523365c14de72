"""``allow:`` in a spec or study: codes of warnings that are meant."""

from __future__ import annotations

from collections.abc import Sequence

from archsearch.spec.codes import CATALOGUE
from archsearch.spec.text.nearest import did_you_mean
from archsearch.spec.text.nodes import ListNode, Node, ScalarNode
from archsearch.spec.text.source import Source

__all__ = ["read_allowed"]


def read_allowed(source: Source, node: Node, warnings: Sequence[str]) -> frozenset[str]:
    """The codes in a list; what is no warning of such a file is noted.

    Args:
        source: of the file.
        node: what stands under ``allow``.
        warnings: the codes that there are.
    """
    if not isinstance(node, ListNode):
        source.problem(
            "wrong-type",
            node.span,
            "`allow` must be a list of codes",
            help=f"for example `allow: [{warnings[0]}]`",
        )
        return frozenset()
    for item in node.items:
        _check_code(source, item, warnings)
    return frozenset(item.text for item in node.items if isinstance(item, ScalarNode))


def _check_code(source: Source, item: Node, warnings: Sequence[str]) -> None:
    code = item.text if isinstance(item, ScalarNode) else ""
    if code in warnings:
        return
    known = CATALOGUE.get(code)
    message, help = f"there is no warning `{code}`", did_you_mean(code, warnings)
    if known is not None:
        kind = "a study" if known.is_study else "a spec"
        message = f"`{code}` is a warning of {kind}, and isn't told of this file"
        if known.severity == "error":
            message = f"`{code}` is an error, and only warnings can be allowed"
        help = "warnings are: " + ", ".join(warnings)
    source.problem("unknown-code", item.span, message, help=help)
