"""What sets trained nets apart, as the values of trials.

A study says what it searched. Of runs that somebody started by hand it is told from where their
plans and settings differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from archsearch.config import RunSettings
from archsearch.config.base import Settings
from archsearch.config.named_settings import NamedSettings, by_path
from archsearch.records import Value

__all__ = ["differences"]


def differences(nets: Sequence[tuple[Mapping[str, Value], RunSettings]]) -> list[dict[str, Value]]:
    """For each net, by name, the values that aren't the same in all of them.

    Settings go by their paths, as in study files; without the seed and the source, which is a
    path.

    Args:
        nets: the choices of a plan, and what it was trained with.
    """
    changed = {name for _, settings in nets for name in _changed_options(settings)}
    told = [{**choices, **_of_settings(settings, changed)} for choices, settings in nets]
    names = dict.fromkeys(name for one in told for name in one)
    varied = [name for name in names if len({repr(one.get(name)) for one in told}) > 1]
    return [{name: one[name] for name in varied if name in one} for one in told]


def _of_settings(settings: RunSettings, changed: Collection[str]) -> dict[str, Value]:
    """Settings by path; of options those that any net has ``changed``."""
    options = {f"task.{name}": value for name, value in settings.task if name != "name"}
    told = {name: value for name, value in options.items() if name in changed}
    flat: dict[str, object] = {"task": settings.task.name, **told}
    recipe = [(f"train.{name}", value) for name, value in by_path(settings.train)]
    flat |= {n: v for n, v in recipe if n != "train.seed" and (n.count(".") == 1 or n in changed)}
    flat |= {f"data.{name}": getattr(settings.data, name) for name in ("standardize", "scale")}
    return {name: _value(value) for name, value in flat.items() if value not in (None, ())}


def _changed_options(settings: RunSettings) -> Iterator[str]:
    """Paths of options that aren't at their defaults; all of what no training has by default."""
    inner = [(f"train.{name}", each) for name, each in settings.train if isinstance(each, Settings)]
    for path, each in [("task", settings.task), *inner]:
        fields = type(each).model_fields
        every = not isinstance(each, NamedSettings)
        yield from (f"{path}.{name}" for name, v in each if every or v != fields[name].default)


def _value(value: object) -> Value:
    """A setting as it is; of several, e.g. metrics, all in one text."""
    if isinstance(value, bool | int | float | str):
        return value
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
