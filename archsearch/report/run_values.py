"""What sets nets that somebody wrote by hand apart: parts of their plans, and their settings.

A study says what it searched. Of trained runs it is told from where they differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from archsearch.config import RunSettings, read_task
from archsearch.records import Value
from archsearch.spec import LayerPlan, ModelPlan

__all__ = ["differences"]

_FIELDS = ("kernel", "activation", "norm")
"""Fields of encoder layers that have trained numbers."""


def differences(nets: Sequence[tuple[ModelPlan, RunSettings]]) -> list[dict[str, Value]]:
    """For each net, by name, the values that aren't the same in all of them.

    Settings go by their paths, as in study files; without the seed and the source, which is a
    path.

    Args:
        nets: plans, and what each was trained with.
    """
    told = [{**_of_plan(plan), **_of_settings(settings)} for plan, settings in nets]
    names = dict.fromkeys(name for one in told for name in one)
    varied = [name for name in names if len({repr(one.get(name)) for one in told}) > 1]
    return [{name: one[name] for name in varied if name in one} for one in told]


def _of_plan(plan: ModelPlan) -> dict[str, Value]:
    trained = [layer for layer in plan.encoder if layer.params]
    told: dict[str, Value] = {"encoder depth": plan.encoder_depth}
    if trained:
        told["first channels"] = trained[0].output.channels
    for name in _FIELDS:
        values = _distinct(layer.values[name] for layer in trained if name in layer.values)
        if values:
            told[name] = values
    told["downsampling"] = _downsampling(plan.encoder)
    told["reads past the latent"] = plan.latent.effective_size > plan.latent.size
    return told


def _downsampling(encoder: Iterable[LayerPlan]) -> str:
    """The kinds of layers that make the picture smaller, each with its stride.

    A dense layer has none: it makes a vector.
    """
    found = [
        f"{layer.kind} {_text(layer.values.get('stride', ''))}".strip()
        for layer in encoder
        if layer.output.height * layer.output.width < layer.input.height * layer.input.width
    ]
    return ", ".join(dict.fromkeys(found)) or "none"


def _of_settings(settings: RunSettings) -> dict[str, Value]:
    flat: dict[str, object] = {"task": settings.task.name, **_options(settings)}
    flat |= {f"train.{name}": value for name, value in settings.train if name != "seed"}
    flat["data.standardize"] = settings.data.standardize
    return {name: _value(value) for name, value in flat.items() if value not in (None, ())}


def _options(settings: RunSettings) -> Mapping[str, object]:
    """The options of the task that aren't at their defaults."""
    usual = dict(read_task(settings.task.name))
    return {
        f"task.{name}": value
        for name, value in settings.task
        if name != "name" and value != usual.get(name)
    }


def _distinct(values: Iterable[object]) -> Value:
    """One value for all, or all of them in a text, "none" only alone; "" for no values."""
    found = dict.fromkeys(map(_text, values))
    return ", ".join([value for value in found if value != "none"] or found)


def _value(value: object) -> Value:
    if isinstance(value, bool | int | float | str):
        return value
    return _text(value)


def _text(value: object) -> str:
    """A value as a level's name: pairs with a sign between them, others with commas."""
    height, width = getattr(value, "height", None), getattr(value, "width", None)
    if height is not None and width is not None:
        return f"{height}×{width}"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
