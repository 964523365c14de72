"""The spec language read a second time, straight from plain YAML data.

Nothing of ``archsearch`` is used, so that two readings of the reference are held
against each other: repeats, choices, blocks, conditions and expressions are
unfolded into a flat list of layers with the values they are given.
"""

import ast
import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .kinds_by_torch import DEFAULTS, SCALARS

_BINARY = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_COMPARE = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_CALLS = {"min": min, "max": max, "round": round}


@dataclass
class Flat:
    """One layer of the flat list; ``reads`` are the indices of what it reads.

    Of ``unpool``, the second is the index of the pool; of a residual, ``own`` says that its
    shortcut has layers of its own.
    """

    kind: str
    fields: dict[str, Any] = field(default_factory=dict)
    reads: tuple[int, ...] = ()
    own: bool = False


def computed(text: str, names: Mapping[str, Any]) -> Any:
    """An expression's value; its grammar is a part of Python's."""
    return _node(ast.parse(text, mode="eval").body, {"true": True, "false": False, **names})


def _node(node: ast.expr, names: Mapping[str, Any]) -> Any:  # noqa: PLR0911 - one line a form
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return names[node.id]
        case ast.BinOp():
            return _BINARY[type(node.op)](_node(node.left, names), _node(node.right, names))
        case ast.UnaryOp(op=ast.Not()):
            return not _node(node.operand, names)
        case ast.UnaryOp(op=ast.USub()):
            return -_node(node.operand, names)
        case ast.BoolOp():
            values = [_node(value, names) for value in node.values]
            return all(values) if isinstance(node.op, ast.And) else any(values)
        case ast.Compare(ops=[op], comparators=[right]):
            return _COMPARE[type(op)](_node(node.left, names), _node(right, names))
        case ast.IfExp():
            return _node(node.body if _node(node.test, names) else node.orelse, names)
        case ast.Call(func=ast.Name(id=word)):
            return _CALLS[word](*(_node(argument, names) for argument in node.args))
    raise TypeError(ast.dump(node))


def value(written: Any, names: Mapping[str, Any]) -> Any:
    """A written value with its expressions computed."""
    if isinstance(written, list):
        return [value(part, names) for part in written]
    if isinstance(written, dict):
        return {word: value(part, names) for word, part in written.items()}
    if isinstance(written, str) and written.startswith("$"):
        return computed(written[2:-1] if written[1] == "(" else written[1:], names)
    return written


def filled(text: str, names: Mapping[str, Any]) -> str:
    """A name with what it embeds."""
    embedded = re.compile(r"\$(\w+)|\$\((.*?)\)(?=_|$)")
    return embedded.sub(lambda match: str(computed(match[1] or match[2], names)), text)


class Unfolding:
    """The layers of one spec, with names across encoder and decoder."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.params: dict[str, Any] = spec.get("params", {})
        self.layers: list[Flat] = []
        self.names = {"input": 0}
        self.at = 0

    def defaults(self, kind: str) -> dict[str, Any]:
        """The table with ``defaults`` on top."""
        given = self.spec.get("defaults", {}).get(kind, {})
        own = {name: value(written, self.params) for name, written in given.items()}
        return {**DEFAULTS[kind], **own}

    def body(self, body: list[dict[str, Any]], names: Mapping[str, Any], prefix: str = "") -> None:
        """Unfold a list of layers."""
        for layer in body:
            if value(layer.get("when", True), names):
                self.layer(layer, names, prefix)

    def layer(self, layer: dict[str, Any], names: Mapping[str, Any], prefix: str) -> None:
        """Unfold one layer or what holds layers."""
        (kind,) = set(layer) - {"name", "when"}
        inside = layer[kind]
        match kind:
            case "repeat":
                for i in range(int(value(inside["times"], names))):
                    counted = {**names, inside["as"]: i} if "as" in inside else names
                    self.body(inside["layers"], counted, prefix)
            case "choose":
                self.body(inside["of"][value(inside["by"], names)], names, prefix)
            case "block":
                self.block(layer, names, prefix)
            case "residual":
                start, before = self.at, len(self.layers)
                end = self.branch(inside["layers"], start, names, prefix)
                if len(self.layers) == before:
                    return
                before = len(self.layers)
                other = self.branch(inside.get("shortcut", []), start, names, prefix)
                given = {"activation": value(inside.get("activation", "none"), names)}
                own = len(self.layers) > before
                self.add(Flat(kind, given, (end, other), own), layer, names, prefix)
            case "parallel":
                start = self.at
                ends = [self.branch(b, start, names, prefix) for b in inside["branches"]]
                given = {"join": value(inside.get("join", "concat"), names)}
                self.add(Flat(kind, given, tuple(ends)), layer, names, prefix)
            case "concat" | "add" | "unpool":
                written = inside if isinstance(inside, dict) else {"with": inside}
                target, current = filled(written["with"], names), self.at
                joined = self.names.get(prefix + target, self.names.get(target))
                assert joined is not None
                joined = self.branch(written.get("layers", []), joined, names, prefix)
                given = {"place": value(written.get("place", "after"), names)}
                self.add(Flat(kind, given, (current, joined)), layer, names, prefix)
            case _:
                self.add(self.simple(kind, inside, names), layer, names, prefix)

    def branch(
        self, body: list[dict[str, Any]], start: int, names: Mapping[str, Any], prefix: str
    ) -> int:
        """Unfold layers from a tensor on; the index of their last."""
        self.at = start
        self.body(body, names, prefix)
        return self.at

    def block(self, layer: dict[str, Any], names: Mapping[str, Any], prefix: str) -> None:
        """Unfold the use of a block."""
        given = {k: value(v, names) for k, v in layer["block"].items() if k != "use"}
        block = self.spec["blocks"][layer["block"]["use"]]
        if "name" in layer:
            prefix += filled(layer["name"], names) + "."
        self.body(block["layers"], {**self.params, **block.get("params", {}), **given}, prefix)

    def simple(self, kind: str, inside: Any, names: Mapping[str, Any]) -> Flat:
        """A layer of a plain kind."""
        if kind in SCALARS:
            return Flat(kind, {kind: value(inside, names)})
        given = {name: value(written, names) for name, written in (inside or {}).items()}
        return Flat(kind, {**self.defaults(kind), **given})

    def add(self, flat: Flat, layer: dict[str, Any], names: Mapping[str, Any], prefix: str) -> None:
        """Append a layer, under its name if it has one."""
        flat.reads = flat.reads or (self.at,)
        self.layers.append(flat)
        self.at = len(self.layers)
        if "name" in layer:
            self.names[prefix + filled(layer["name"], names)] = len(self.layers)
