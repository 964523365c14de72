"""``--set PATH=VALUE`` and friends: values given beside the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from archsearch.config.named_settings import forms_of
from archsearch.config.settings import DataSettings, TrainSettings
from archsearch.config.tasks.settings import TaskSettings
from archsearch.config.validation import fields_at, reason, strict_value
from archsearch.errors import InputError
from archsearch.spec import Raw, Source
from archsearch.spec.text.nearest import did_you_mean
from archsearch.spec.text.nodes import ListNode, ScalarNode
from archsearch.spec.text.reader import read_yaml

__all__ = ["SETTINGS_HEADS", "changed", "is_setting", "parse_assignment", "split_assignments"]

SETTINGS_HEADS: Mapping[str, type[BaseModel]] = {
    "train": TrainSettings,
    "data": DataSettings,
    "task": TaskSettings,
}
Changed = TypeVar("Changed", bound=BaseModel)


def is_setting(path: str) -> bool:
    """Whether a path is of the recipe, the pictures or the task, not of the model.

    Example:
        >>> is_setting("train.lr"), is_setting("task"), is_setting("width")
        (True, True, False)
    """
    return path.partition(".")[0] in SETTINGS_HEADS


def parse_assignment(text: str) -> tuple[str, Raw]:
    """``PATH=VALUE`` with VALUE as YAML reads it: a scalar or ``[height, width]``.

    Raises:
        InputError: it has another form.

    Example:
        >>> parse_assignment("train.lr=1e-3"), parse_assignment("early.conv.kernel=[3, 5]")
        (('train.lr', 0.001), ('early.conv.kernel', (3, 5)))
    """
    path, equals, written = text.partition("=")
    path = path.strip()
    if not equals or not path:
        raise InputError(f"`{text}` is no assignment", help="write PATH=VALUE, e.g. train.lr=1e-3")
    source = Source("--set", f"value: {written}")
    root = read_yaml(source)
    node = root.entries[0].value if root and len(root.entries) == 1 else None
    if isinstance(node, ScalarNode) and node.value is not None:
        return path, node.value
    if isinstance(node, ListNode) and all(isinstance(item, ScalarNode) for item in node.items):
        return path, tuple(item.value for item in node.items if isinstance(item, ScalarNode))
    raise InputError(
        f"`{text}`: can't read the value `{written}`",
        help="write a number, a word, true, false or [height, width]",
    )


def split_assignments(
    assignments: Iterable[tuple[str, Raw]],
) -> tuple[dict[str, dict[str, Raw]], dict[str, Raw]]:
    """Those for settings, by head (``train``, ``data``, ``task``), and those for the model.

    ``task=denoise`` alone names the task.
    """
    settings: dict[str, dict[str, Raw]] = {head: {} for head in SETTINGS_HEADS}
    model: dict[str, Raw] = {}
    for path, value in assignments:
        head, _, rest = path.partition(".")
        if path == "task":
            settings["task"]["name"] = value
        elif head in settings and rest:
            settings[head][rest] = value
        else:
            model[path] = value
    return settings, model


def changed(settings: Changed, head: str, changes: Mapping[str, object]) -> Changed:
    """``settings`` with some keys replaced, checked again.

    Raises:
        InputError: no such key, or a value that is not allowed.

    Example:
        >>> changed(TrainSettings(), "train", {"epochs": 3}).epochs
        3
    """
    known = type(settings).model_fields
    now, written = settings.model_dump(), settings.model_dump(exclude_unset=True)
    unwritten = (name for name in settings.model_fields_set if known[name].exclude)
    written |= {name: getattr(settings, name) for name in unwritten}
    for path, value in sorted(changes.items(), key=lambda item: "." in item[0]):
        key = path.partition(".")[0]
        if key not in known:
            raise InputError(f"there is no `{head}.{path}`", help=did_you_mean(key, known))
        written.setdefault(key, now.get(key))
        _put(written, type(settings), path, strict_value(value))
    try:
        return type(settings).model_validate(written)
    except ValidationError as error:
        raise _refused(type(settings), head, error.errors(include_url=False)[0]) from error


def _put(written: dict[str, Any], owner: type[BaseModel], path: str, value: object) -> None:
    """Set what ``path`` leads to: a setting, or an option of one that has some."""
    key, _, option = path.partition(".")
    now = written[key]
    if forms_of(owner, key):
        name, options = next(iter(now.items())) if isinstance(now, dict) else (now, {})
        if option:
            written[key] = {str(name): {**options, option: value}}
        elif value != str(name):  # another form begins with its own defaults
            written[key] = value
    elif option:
        written[key] = {**(now if isinstance(now, dict) else {}), option: value}
    else:
        written[key] = value


def _refused(owner: type[BaseModel], head: str, detail: ErrorDetails) -> InputError:
    """What is wrong with a change, at its path."""
    place = [str(part) for part in detail["loc"]]
    if not place:
        return InputError(f"`{head}` is not allowed as it is: {reason(detail)}")
    known = fields_at(owner, tuple(place[:-1]))
    forms = forms_of(owner, place[0])
    form = None if forms is None or len(place) < 2 else forms.find(place.pop(1))
    path = ".".join([head, *place])
    if detail["type"] == "extra_forbidden":
        lacking = "there is no" if form is None else f"{detail['loc'][1]} has no option"
        return InputError(f"{lacking} `{path}`", help=did_you_mean(place[-1], known))
    return InputError(f"`{path}` = {detail['input']!r} is not allowed", help=reason(detail))
