"""The vocabulary that kernels are written in: loops, vectors and addresses of LLVM IR.

A vector holds one number of each of ``lanes`` pictures. Offsets are counted in numbers, not
bytes. llvmlite has no types of its own, so its values are ``Any`` here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import ir

from archsearch.engine.memory import ALIGNMENT
from archsearch.engine.operations import Layout

__all__ = ["I8", "I32", "I64", "POINTER", "VOID", "Emitter", "Symbol", "Values"]

I8, I32, I64, VOID = ir.IntType(8), ir.IntType(32), ir.IntType(64), ir.VoidType()
POINTER = ir.PointerType()

Values = list[Any]


@dataclass(frozen=True)
class Symbol:
    """A function that is to be written.

    Attributes:
        name: its name in the object file.
        lanes: pictures in a vector.
        double: whether numbers are float64; float32 otherwise.
    """

    name: str
    lanes: int
    double: bool


class Emitter:
    """Writes one function.

    Attributes:
        lanes: pictures in a vector.
        double: whether numbers are float64; float32 otherwise.
        number: the type of a number.
        vector: the type of ``lanes`` numbers.
        b: llvmlite's builder, where the next instruction goes.
        args: the function's arguments.
    """

    def __init__(self, symbol: Symbol, arguments: Sequence[Any]) -> None:
        name, lanes = symbol.name, symbol.lanes
        self.lanes = lanes
        self.double = symbol.double
        self.number = ir.DoubleType() if self.double else ir.FloatType()
        self.vector = ir.VectorType(self.number, lanes)
        self.integer = ir.IntType(64 if self.double else 32)
        self.integers = ir.VectorType(self.integer, lanes)
        self.module = ir.Module(name)
        self.function = ir.Function(self.module, ir.FunctionType(VOID, arguments), name)
        self.args = self.function.args
        self.b: Any = ir.IRBuilder(self.function.append_basic_block())

    # --- whole numbers and addresses --------------------------------------------------

    def whole(self, n: int) -> Any:
        """A constant of 64 bits."""
        return ir.Constant(I64, n)

    def field(self, record: Any, index: int) -> Any:
        """Number ``index`` of a record of 64-bit numbers."""
        return self.field_at(record, self.whole(index))

    def field_at(self, record: Any, index: Any) -> Any:
        """The number of a record that is chosen while it runs."""
        return self.b.load(self.b.gep(record, [index], source_etype=I64), typ=I64)

    def rounded(self, x: float) -> float:
        """A number as this kernel's type holds it."""
        return x if self.double else float(np.float32(x))

    def fields(self, record: Any, count: int) -> Values:
        """The first ``count`` numbers of a record."""
        return [self.field(record, i) for i in range(count)]

    def pointer(self, address: Any) -> Any:
        """A whole number as an address."""
        return self.b.inttoptr(address, POINTER)

    def at(self, pointer: Any, offset: Any) -> Any:
        """The address ``offset`` numbers on."""
        if isinstance(offset, int):
            offset = self.whole(offset)
        return self.b.gep(pointer, [offset], source_etype=self.number)

    def bytes_on(self, pointer: Any, count: Any) -> Any:
        """The address ``count`` bytes on."""
        return self.b.gep(pointer, [count], source_etype=I8)

    def index(self, pointer: Any, at: Any) -> Any:
        """Entry ``at`` of a table of 32-bit numbers, as a 64-bit one."""
        entry = self.b.gep(pointer, [at], source_etype=I32)
        return self.b.sext(self.b.load(entry, typ=I32), I64)

    def record(self, layout: Layout, pointer: Any, number: Any = None) -> dict[str, Any]:
        """The numbers of a record by their names; with ``number``, of that one in a table."""
        if number is not None:
            pointer = self.bytes_on(pointer, self.times(number, self.whole(8 * len(layout.names))))
        return dict(zip(layout.names, self.fields(pointer, len(layout.names)), strict=True))

    def moved(self, base: Any, field: Mapping[str, Any], which: str, **steps: Any) -> Any:
        """The place ``which`` of a record, so many steps on: ``group=g`` is g·which_group."""
        moves = [self.times(n, field[f"{which}_{way}"]) for way, n in steps.items()]
        return self.at(base, self.sum(field[which], *moves))

    def times(self, *factors: Any) -> Any:
        """The product of whole numbers."""
        product = factors[0]
        for factor in factors[1:]:
            product = self.b.mul(product, factor)
        return product

    def sum(self, *terms: Any) -> Any:
        """The sum of whole numbers."""
        total = terms[0]
        for term in terms[1:]:
            total = self.b.add(total, term)
        return total

    def call(self, function: Any, arguments: Sequence[Any]) -> None:
        """Call the function at an address."""
        kind = ir.FunctionType(VOID, [a.type for a in arguments])
        typed = self.b.inttoptr(function, POINTER)
        self.b.call(_Callee(typed, kind), arguments)

    # --- vectors ----------------------------------------------------------------------

    def load(self, pointer: Any, offset: Any = 0) -> Any:
        """The vector at an address."""
        return self.b.load(self.at(pointer, offset), typ=self.vector, align=self._align)

    def store(self, value: Any, pointer: Any, offset: Any = 0) -> None:
        """Write a vector."""
        self.b.store(value, self.at(pointer, offset), align=self._align)

    @property
    def _align(self) -> int:
        """What loads may count on: no more than arrays are aligned to, or addresses go wrong."""
        return min(self.lanes * (8 if self.double else 4), ALIGNMENT)

    def constant(self, x: float) -> Any:
        """The same number in all lanes."""
        return ir.Constant(self.vector, [float(x)] * self.lanes)

    def lane_numbers(self, start: Any) -> Any:
        """start, start + 1, …: a 64-bit number a lane."""
        many = ir.VectorType(I64, self.lanes)
        return self.b.add(self.repeated(start, many), ir.Constant(many, list(range(self.lanes))))

    def repeated(self, value: Any, vector: Any = None) -> Any:
        """A scalar in all lanes."""
        vector = self.vector if vector is None else vector
        undefined = ir.Constant(vector, ir.Undefined)
        first = self.b.insert_element(undefined, value, ir.Constant(I32, 0))
        zeros = ir.Constant(ir.VectorType(I32, self.lanes), [0] * self.lanes)
        return self.b.shuffle_vector(first, undefined, zeros)

    def broadcast(self, pointer: Any, offset: Any = 0) -> Any:
        """The number at an address in all lanes."""
        return self.repeated(self.b.load(self.at(pointer, offset), typ=self.number))

    def shuffled(self, a: Any, b: Any, lanes: Sequence[int]) -> Any:
        """Lanes of two vectors side by side, by their numbers."""
        kind = ir.VectorType(I32, len(lanes))
        return self.b.shuffle_vector(a, b, ir.Constant(kind, list(lanes)))

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """a·b + c, rounded once."""
        return self.intrinsic("fma", [a, b, c])

    def intrinsic(self, name: str, arguments: Sequence[Any]) -> Any:
        """One of LLVM's functions of vectors, by its short name."""
        full = f"llvm.{name}.v{self.lanes}f{64 if self.double else 32}"
        return self.declared(full, self.vector, arguments)

    def declared(self, name: str, result: Any, arguments: Sequence[Any]) -> Any:
        """Call a function that LLVM provides."""
        function = self.module.globals.get(name)
        if function is None:
            kind = ir.FunctionType(result, [a.type for a in arguments])
            function = ir.Function(self.module, kind, name)
        return self.b.call(function, arguments)

    def less(self, a: Any, b: Any) -> Any:
        """Where a < b; nowhere for NaN."""
        return self.b.fcmp_ordered("<", a, b)

    def select(self, condition: Any, yes: Any, no: Any) -> Any:
        """Lane by lane one or the other."""
        return self.b.select(condition, yes, no)

    def clamped(self, x: Any, low: float, high: float) -> Any:
        """X within bounds; NaN stays."""
        least, most = self.constant(low), self.constant(high)
        x = self.select(self.less(x, least), least, x)
        return self.select(self.less(most, x), most, x)

    # --- control ----------------------------------------------------------------------

    def loop(
        self,
        count: Any,
        body: Callable[[Any, Values], Sequence[Any]],
        carried: Sequence[Any] = (),
        *,
        may_be_empty: bool = False,
    ) -> Values:
        """For i below ``count``: ``carried = body(i, carried)``; give what is carried out."""
        count = self.whole(count) if isinstance(count, int) else count
        append = self.function.append_basic_block
        before, head, end = self.b.block, append(), append()
        if may_be_empty:
            self.b.cbranch(self.b.icmp_signed(">", count, self.whole(0)), head, end)
        else:
            self.b.branch(head)
        self.b.position_at_end(head)
        i = self.b.phi(I64)
        i.add_incoming(self.whole(0), before)
        values = [self._phi(value, before) for value in carried]
        results = list(body(i, values))
        following = self.b.add(i, self.whole(1))
        last = self.b.block
        for phi, value in zip([i, *values], [following, *results], strict=True):
            phi.add_incoming(value, last)
        self.b.cbranch(self.b.icmp_signed("<", following, count), head, end)
        self.b.position_at_end(end)
        if not may_be_empty:
            return results
        return [
            self._phi(one, before, (other, last))
            for one, other in zip(carried, results, strict=True)
        ]

    def each(self, count: Any, body: Callable[[Any], None], *, may_be_empty: bool = False) -> None:
        """For i below ``count``: ``body(i)``."""

        def nothing_carried(i: Any, _: Values) -> Values:
            body(i)
            return []

        self.loop(count, nothing_carried, may_be_empty=may_be_empty)

    def _phi(self, value: Any, source: Any, *others: tuple[Any, Any]) -> Any:
        phi = self.b.phi(value.type)
        for one, block in ((value, source), *others):
            phi.add_incoming(one, block)
        return phi

    def finish(self) -> str:
        """End the function; give the module as text."""
        self.b.ret_void()
        return str(self.module)


class _Callee:
    """An address with the type that a call needs; llvmlite only calls typed functions."""

    def __init__(self, pointer: Any, kind: Any) -> None:
        self._pointer = pointer
        self.function_type = kind
        self.type = pointer.type

    def get_reference(self) -> str:
        reference: str = self._pointer.get_reference()
        return reference
