"""Names of layers while a model is unfolded: given once, found by joins."""

from __future__ import annotations

from functools import cached_property

from archsearch.spec.expressions.names import bad_name
from archsearch.spec.resolution.diagnostics import DiagnosticCollector
from archsearch.spec.syntax.tree import (
    BlockSyntax,
    BlockUse,
    Body,
    Family,
    Item,
    MirrorSyntax,
    items_in,
)
from archsearch.spec.text.diagnostic import Span
from archsearch.spec.text.nearest import did_you_mean

__all__ = ["LayerNames"]


class LayerNames:
    """The names known so far, each with its layer's index; ``input`` is 0.

    A block's names are local: ``prefix`` is ``use_name.`` inside a use with a
    name, and something nobody can write inside one without.

    Args:
        family: the parsed spec.
        diagnostics: where problems go.
    """

    def __init__(self, family: Family, diagnostics: DiagnosticCollector) -> None:
        self.family = family
        self.diagnostics = diagnostics
        self.lost = False
        self.indices: dict[str, int] = {"input": 0}
        self.places: dict[str, Span] = {}

    def give(self, prefix: str, name: str, index: int, span: Span) -> str | None:
        """Name layer ``index``; its full name, or None where only its block can use it."""
        full = prefix + name
        self.claim(full, name, span)
        self.indices.setdefault(full, index)
        return None if "#" in full else full

    def claim(self, full: str, name: str, span: Span) -> bool:
        """Whether a name may be used; if not, that is noted."""
        reason = bad_name(name, taken=self.family.params)
        if name == "input":
            reason = "`input` is the picture itself; choose another name"
        if reason:
            self.diagnostics.problem("bad-name", span, f"`{name}` can't name a layer", help=reason)
        elif full in self.places:
            self._duplicate(full, span)
        free = not reason and full not in self.places
        self.places.setdefault(full, span)
        return free

    def find(self, prefix: str, name: str, span: Span) -> int | None:
        """The index of an earlier layer, or None after a problem."""
        for known in (prefix + name, name):
            if known in self.indices:
                return self.indices[known]
        written = self._written.get(name)
        if written is not None:
            self._not_there(name, span, *written)
        elif not self.lost and not self._some_unread:
            reachable = [known for known in self.indices if "#" not in known]
            self.diagnostics.problem(
                "unknown-layer",
                span,
                f"no layer is named `{name}`",
                help=did_you_mean(name, reachable),
            )
        return None

    def hide(self, item: Item) -> None:
        """Note that a mistake hid ``item``: its names may be asked for in vain."""
        self.lost = self.lost or any(inner.options.name for inner in items_in((item,)))

    def _duplicate(self, name: str, span: Span) -> None:
        """Two layers of one name, maybe the same line in a repeat."""
        first = self.places[name]
        again = first == span
        short = name.rpartition(".")[2]
        self.diagnostics.problem(
            "duplicate-name",
            span,
            f"two layers are named `{short if '#' in name else name}`",
            label="in each repetition" if again else f"first on line {first.line}",
            help=f"embed the repeat's count: `as: i` and `name: {short}_$(i)`"
            if again
            else "give each a name of its own",
        )

    @cached_property
    def _written(self) -> dict[str, tuple[Item, BlockSyntax | None]]:
        """Every name in the file with its layer, and the block that it is in."""
        found: dict[str, tuple[Item, BlockSyntax | None]] = {}
        decoder = self.family.decoder
        bodies: list[tuple[Body, BlockSyntax | None]] = [(self.family.encoder, None)]
        bodies.append((() if isinstance(decoder, MirrorSyntax) else decoder, None))
        for body, block in [*bodies, *((b.body, b) for b in self.family.blocks.values())]:
            for item in items_in(body):
                name = item.options.name.literal if item.options.name else None
                if name is not None and not isinstance(item, BlockUse):
                    found.setdefault(name, (item, block))
        return found

    @cached_property
    def _some_unread(self) -> bool:
        """Whether some layer has a name that can't be read."""
        return any(item.options.lost for item in self.family.items())

    def _not_there(self, name: str, span: Span, item: Item, block: BlockSyntax | None) -> None:
        """A layer that the file has, but not at this point."""
        if block is not None:
            why = f"line {item.span.line} names it inside the block `{block.name}`"
            help = self._from_outside(name, block)
        elif (item.span.line, item.span.column) > (span.line, span.column):
            why = f"it comes later, on line {item.span.line}"
            help = "join with an earlier layer"
        else:
            why = f"`when`, `choose` or `times` leaves out line {item.span.line}"
            help = "give this layer the same condition, or join with one that is always there"
        self.diagnostics.problem(
            "layer-not-there",
            span,
            f"the layer `{name}` is not there at this point",
            label=why,
            help=help,
        )

    def _from_outside(self, name: str, block: BlockSyntax) -> str:
        """How a block's layer is named outside of it."""
        reachable = (known for known in self.indices if "#" not in known)
        outside = next((known for known in reachable if known.endswith(f".{name}")), None)
        if outside is not None:
            return f"outside it is `{outside}`"
        return f"give the use of `{block.name}` a `name: first`; then it is `first.{name}`"
