"""Pictures to lanes and back, weights to kernels and back, and the walk through a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from archsearch.engine.kernels.emitter import I8, I32, I64, POINTER, Emitter, Symbol, Values
from archsearch.engine.operations import BLOCK, COMBINE, TRANSFER

__all__ = ["combine", "combine_all", "read", "read_bytes", "walk", "write"]

BYTES_AT_ONCE = 16


def walk(symbol: Symbol) -> str:
    """For each block of pictures, each operation of a program; as text.

    Arguments: the program (pairs of kernel and record), how many, the arena, the block's record,
    the first block and how many, the distance between the arenas of blocks.
    """
    e = Emitter(symbol, [POINTER, I64, POINTER, POINTER, I64, I64, I64])
    program, operations, arena, block, start, blocks, distance = e.args

    def one_block(i: Any) -> None:
        first = e.times(e.sum(start, i), e.whole(e.lanes))
        place = e.b.gep(block, [e.whole(BLOCK.place("first"))], source_etype=I64)
        e.b.store(first, place)
        mine = e.at(arena, e.times(i, distance))

        def one_operation(o: Any) -> None:
            entry = e.times(o, e.whole(2))
            record = e.pointer(e.field_at(program, e.sum(entry, e.whole(1))))
            e.call(e.field_at(program, entry), [record, mine, block])

        e.each(operations, one_operation)

    e.each(blocks, one_block)
    return e.finish()


def combine(symbol: Symbol, many: int) -> str:
    """to[i] = Σ over m < many of from[table[m][i]], as text; ``many`` 0: from the record."""
    e = Emitter(symbol, [POINTER] * 3)
    record, source, base = e.args
    field = e.record(COMBINE, record)
    count, table, to = field["count"], e.pointer(field["table"]), e.at(base, field["to"])

    def one(i: Any) -> None:
        def term(m: Any, total: Values) -> Values:
            at = e.index(table, e.sum(e.times(m, count), i))
            number = e.b.load(e.at(source, at), typ=e.number)
            return [e.b.fadd(total[0], number) if total else number]

        total = term(e.whole(0), [])
        for m in range(1, many):
            total = term(e.whole(m), total)
        if not many:
            rest = e.b.sub(field["many"], e.whole(1))
            total = e.loop(rest, lambda m, t: term(e.sum(m, e.whole(1)), t), total)
        e.b.store(total[0], e.at(to, i))

    e.each(count, one)
    return e.finish()


def combine_all(symbol: Symbol) -> str:
    """Every record of a table of them, as text: (table, how many, from, to)."""
    e = Emitter(symbol, [POINTER, I64, POINTER, POINTER])
    table, count, source, to = e.args

    def one(i: Any) -> None:
        record = e.bytes_on(table, e.times(i, e.whole(8 * len(COMBINE.names))))
        e.call(e.field(record, COMBINE.place("kernel")), [record, source, to])

    e.each(count, one, may_be_empty=True)
    return e.finish()


def read(symbol: Symbol) -> str:
    """Numbers of the arena's type, picture after picture, into lanes; as text."""
    e = Emitter(symbol, [POINTER] * 3)
    field, pictures = _pictures(e)
    numbers, places, to = field["numbers"], e.pointer(field["places"]), e.at(e.args[1], field["at"])
    starts = [e.at(pictures[0], e.times(one, numbers)) for one in pictures[1]]

    def block(at: Any) -> None:
        rows = [e.b.load(e.at(start, at), typ=e.vector, align=1) for start in starts]
        for i, vector in enumerate(_transposed(e, rows, e.lanes)):
            e.store(vector, to, e.index(places, e.sum(at, e.whole(i))))

    def one(i: Any) -> None:
        vector: Any = ir.Constant(e.vector, ir.Undefined)
        for lane, start in enumerate(starts):
            number = e.b.load(e.at(start, i), typ=e.number)
            vector = e.b.insert_element(vector, number, ir.Constant(I32, lane))
        e.store(vector, to, e.index(places, i))

    _by_blocks(e, numbers, block, one)
    return e.finish()


def _by_blocks(
    e: Emitter, count: Any, block: Callable[[Any], None], one: Callable[[Any], None]
) -> None:
    """``block(start)`` for as many as there are lanes at once, ``one(i)`` for what is left."""
    lanes = e.whole(e.lanes)
    blocks = e.b.sdiv(count, lanes)
    e.each(blocks, lambda i: block(e.times(i, lanes)), may_be_empty=True)
    done = e.times(blocks, lanes)
    e.each(e.b.sub(count, done), lambda i: one(e.sum(done, i)), may_be_empty=True)


def write(symbol: Symbol) -> str:
    """Lanes into numbers, picture after picture; as text. Lanes without a picture are left out.

    Such a lane's picture is the batch's last; so lanes are written last to first, and the one
    that holds it stays.
    """
    e = Emitter(symbol, [POINTER] * 3)
    field, pictures = _pictures(e)
    numbers, places = field["numbers"], e.pointer(field["places"])
    source = e.at(e.args[1], field["at"])
    starts = [e.at(pictures[0], e.times(one, numbers)) for one in pictures[1]]

    def block(at: Any) -> None:
        columns = [e.load(source, e.index(places, e.sum(at, e.whole(i)))) for i in range(e.lanes)]
        rows = _transposed(e, columns, e.lanes)
        for row, start in reversed([*zip(rows, starts, strict=True)]):
            e.b.store(row, e.at(start, at), align=1)

    def one(i: Any) -> None:
        vector = e.load(source, e.index(places, i))
        for lane, start in reversed([*enumerate(starts)]):
            e.b.store(e.b.extract_element(vector, ir.Constant(I32, lane)), e.at(start, i))

    _by_blocks(e, numbers, block, one)
    return e.finish()


def read_bytes(symbol: Symbol) -> str:
    """Bytes of pictures, divided by 255, into lanes; as text. Sixteen bytes at once.

    The last sixteen overlap those before them, so pictures have at least sixteen. A product
    with 1/255 may be one unit off the quotient, so what is missing is added.
    """
    e = Emitter(symbol, [POINTER] * 3)
    field, (base, pictures) = _pictures(e)
    numbers, places, to = field["numbers"], e.pointer(field["places"]), e.at(e.args[1], field["at"])
    starts = [e.bytes_on(base, e.times(one, numbers)) for one in pictures]
    chunks = e.b.sdiv(e.sum(numbers, e.whole(BYTES_AT_ONCE - 1)), e.whole(BYTES_AT_ONCE))
    last = e.b.sub(numbers, e.whole(BYTES_AT_ONCE))
    inverse, most = e.constant(float(e.rounded(1 / 255))), e.constant(255.0)

    def one(chunk: Any) -> None:
        at = e.times(chunk, e.whole(BYTES_AT_ONCE))
        at = e.select(e.b.icmp_signed("<", at, last), at, last)
        kind = ir.VectorType(I8, BYTES_AT_ONCE)
        rows = [e.b.load(e.bytes_on(start, at), typ=kind, align=1) for start in starts]
        undefined = ir.Constant(kind, ir.Undefined)
        rows += [undefined] * (BYTES_AT_ONCE - len(rows))
        for i, column in enumerate(_transposed(e, rows, BYTES_AT_ONCE)):
            whole = e.b.uitofp(e.shuffled(column, column, range(e.lanes)), e.vector)
            quotient = e.b.fmul(whole, inverse)
            error = e.fma(e.b.fneg(quotient), most, whole)
            exact = e.fma(error, inverse, quotient)
            e.store(exact, to, e.index(places, e.sum(at, e.whole(i))))

    e.each(chunks, one)
    return e.finish()


def _transposed(e: Emitter, rows: Values, size: int) -> Values:
    """Vector i of the result holds number i of each row; ``size``, a power of 2, of a row each."""
    half = size // 2
    low = [j for i in range(half) for j in (i, size + i)]
    high = [j for i in range(half, size) for j in (i, size + i)]
    for _ in range(size.bit_length() - 1):
        rows = [
            e.shuffled(rows[i], rows[i + half], which) for i in range(half) for which in (low, high)
        ]
    return rows


def _pictures(e: Emitter) -> tuple[dict[str, Any], tuple[Any, Values]]:
    """The record, where the pictures lie, and the place of each lane's picture.

    Lanes beyond the batch take its last picture; nothing that they hold is counted.
    """
    record, _, block = e.args
    field = e.record(TRANSFER, record)
    first, count = (e.field(block, BLOCK.place(which)) for which in ("first", "count"))
    most = e.b.sub(count, e.whole(1))
    base = e.pointer(e.field_at(block, field["pictures"]))
    ids = e.field_at(block, field["ids"])
    given = e.b.icmp_signed("!=", ids, e.whole(0))
    places = []
    for lane in range(e.lanes):
        mine = e.sum(first, e.whole(lane))
        mine = e.select(e.b.icmp_signed("<", mine, most), mine, most)
        places.append(_chosen(e, given, e.pointer(ids), mine))
    return field, (base, places)


def _chosen(e: Emitter, given: Any, ids: Any, mine: Any) -> Any:
    """Entry ``mine`` of a table of 64-bit numbers, or itself where there is no table."""
    with e.b.if_else(given) as (yes, no):
        with yes:
            chosen, there = e.field_at(ids, mine), e.b.block
        with no:
            otherwise = e.b.block
    result = e.b.phi(I64)
    result.add_incoming(chosen, there)
    result.add_incoming(mine, otherwise)
    return result
