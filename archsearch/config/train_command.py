"""The command line that trains a spec with given settings."""

from __future__ import annotations

import json
from collections.abc import Iterator

from archsearch.config.base import Settings
from archsearch.config.named_settings import NamedSettings
from archsearch.config.run_settings import RunSettings
from archsearch.config.tasks.catalogue import DEFAULT_TASK
from archsearch.config.tasks.reading import read_task
from archsearch.printable import shell_command

__all__ = ["train_command"]


def train_command(
    spec: str, settings: RunSettings, *, out: str | None = None, threads: int | None = None
) -> str:
    """``archsearch train`` with an option for all that isn't at its default.

    Pictures and epochs are always named: their defaults may be another user's.

    Args:
        spec: the spec's path.
        settings: of the training.
        out: the run directory.
        threads: to compute with.

    Example:
        >>> from archsearch.config import DataSettings
        >>> train_command("best.yaml", RunSettings(data=DataSettings(source="photos")))
        'archsearch train best.yaml --data photos --epochs 10'
    """
    words = ["archsearch", "train", spec, *_options(settings)]
    if out is not None:
        words += ["--out", out]
    if threads is not None:
        words += ["--threads", str(threads)]
    return shell_command(words)


_NAMED = {("data", "source"), ("train", "epochs")}


def _options(settings: RunSettings) -> Iterator[str]:
    default = RunSettings(task=read_task(settings.task.name))
    yield from ("--data", settings.data.source, "--epochs", str(settings.train.epochs))
    if settings.task.name != DEFAULT_TASK.name:
        yield from ("--task", settings.task.name)
    for section, values in settings:
        for key, value in values:
            if (section, key) not in _NAMED and not type(values).model_fields[key].exclude:
                usual = getattr(getattr(default, section), key)
                yield from _assignments(f"{section}.{key}", value, usual)


def _assignments(path: str, value: object, usual: object) -> Iterator[str]:
    """``--set`` of what differs; of settings with options, of each that does.

    Settings that aren't usual at all are named by every option.
    """
    if value == usual:
        return
    if not isinstance(value, Settings):
        yield from ("--set", f"{path}={_written(value)}")
        return
    if isinstance(value, NamedSettings) and value.name != getattr(usual, "name", None):
        yield from ("--set", f"{path}={value.name}")
    for option, field in type(value).model_fields.items():
        if option != "name":
            default = None if usual is None else field.default
            yield from _assignments(f"{path}.{option}", getattr(value, option), default)


def _written(value: object) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value)
