"""Specs broken on purpose: junk anywhere, and mistakes of structure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from archsearch.spec import KINDS
from archsearch.spec.kinds.fields import ChannelCount, Flag, PerAxis, Probability, Whole, Word
from archsearch.spec.kinds.numbered import WordOrNumbered

from .strategies import spec_data

JUNK: tuple[Any, ...] = (
    *(None, -1, 0, 1, 2.5, 70_000, True, "zonk", "", "auto", "$p0", "$(1 + 1)", "x$(1)", "a$", "$"),
    *([], {}, [1], [1, 2], [1, "$p0"], [[1]], {"a": 1}, [{"pool": {}}], {"pool": {}}),
)
Layer = dict[str, Any]

WITH_FIELDS = [kind for kind in KINDS.builtin.values() if not kind.scalar]


def layers_in(data: Any) -> Iterator[Layer]:
    """Every layer of a simple kind with fields, wherever it stands."""
    if isinstance(data, list):
        for item in data:
            yield from layers_in(item)
    elif isinstance(data, dict):
        if any(isinstance(data.get(kind.name), dict) for kind in WITH_FIELDS):
            yield data
        for key, inner in data.items():
            if key != "defaults":
                yield from layers_in(inner)


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Each mapping or list with each of its keys or indices."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    for key, inner in list(pairs):
        yield data, key
        if isinstance(inner, (dict, list)):
            yield from _places(inner)


@st.composite
def with_junk(draw: st.DrawFn) -> dict[str, Any]:
    """A good spec with one value replaced by anything, and sometimes a key by another."""
    data = deepcopy(draw(spec_data(most_layers=3)))
    place, key = draw(st.sampled_from(list(_places(data))))
    junk = deepcopy(draw(st.sampled_from(JUNK)))
    if isinstance(place, dict) and draw(st.integers(0, 3)) == 0:
        place[draw(st.sampled_from(["zonk", "name", "when", "conv", "channels"]))] = place.pop(key)
    else:
        place[key] = junk
    return data


def _kind_of(layer: Layer) -> str:
    return next(kind.name for kind in WITH_FIELDS if kind.name in layer)


def _unknown_field(layer: Layer, draw: st.DrawFn) -> None:
    layer[_kind_of(layer)]["zonk"] = 1


def _two_kinds(layer: Layer, draw: st.DrawFn) -> None:
    layer["upsample" if _kind_of(layer) != "upsample" else "pool"] = {}


def _unknown_kind(layer: Layer, draw: st.DrawFn) -> None:
    layer["zonk"] = layer.pop(_kind_of(layer))


def _misplaced(layer: Layer, draw: st.DrawFn) -> None:
    layer["kernel"] = 3


def _no_fields(layer: Layer, draw: st.DrawFn) -> None:
    layer[_kind_of(layer)] = draw(st.sampled_from([8, "same", [1], True]))


def _bad_literal(layer: Layer, draw: st.DrawFn) -> None:
    kind = KINDS[_kind_of(layer)]
    field = draw(st.sampled_from([f for f in kind.fields if _bad_values(f.type)]))
    layer[kind.name][field.name] = draw(st.sampled_from(_bad_values(field.type)))


def _bad_form(layer: Layer, draw: st.DrawFn) -> None:
    kind = KINDS[_kind_of(layer)]
    field = draw(st.sampled_from(kind.fields))
    bad = draw(st.sampled_from([None, {"a": 1}, [[1], 2], "x$(1)", "a$p0"]))
    layer[kind.name][field.name] = bad


def _bad_values(type_: object) -> list[Any]:
    match type_:
        case PerAxis(low=low) | Whole(low=low):
            return [low - 1, 65_537, 1.5, "zonk", True]
        case ChannelCount():
            return [0, -3, "zonk", 2.5]
        case Flag():
            return [1, "yes"]
        case Word() | WordOrNumbered():
            return ["zonk", 1, True]
        case Probability():
            return [1, -0.1, "half"]
    return []


IN_LAYERS: tuple[Callable[[Layer, st.DrawFn], None], ...] = (
    _unknown_field,
    _two_kinds,
    _unknown_kind,
    _misplaced,
    _no_fields,
    _bad_literal,
    _bad_form,
)


@st.composite
def with_mistake(draw: st.DrawFn) -> dict[str, Any]:
    """A good spec with one mistake that schema and parser must both refuse."""
    data = deepcopy(draw(spec_data(most_layers=3)))
    layers = list(layers_in(data))
    if not layers or draw(st.integers(0, 5)) == 0:
        at_top = draw(st.sampled_from(["zonk", "input", "encoder", "decoder"]))
        if at_top == "zonk":
            data["zonk"] = 1
        else:
            del data[at_top]
        return data
    draw(st.sampled_from(IN_LAYERS))(draw(st.sampled_from(layers)), draw)
    return data
