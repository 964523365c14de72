"""Options in a study's ``space``, such as ``train.optimizer.momentum`` or ``task.temperature``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial

from archsearch.config.named_settings import NamedForms, forms_of
from archsearch.config.overrides import changed
from archsearch.config.settings import TrainSettings
from archsearch.config.space_problem import SpaceProblem, first_refused
from archsearch.config.study import Domain, extremes
from archsearch.errors import InputError
from archsearch.spec import Raw
from archsearch.spec.text.nearest import did_you_mean

__all__ = ["foreign_option", "option_problems", "train_space_problems"]


def option_problems(
    of: str,
    option: str,
    domain: Domain,
    options: Mapping[str, Collection[str]],
    take: Callable[[str, Raw], object],
) -> Iterator[SpaceProblem]:
    """What is wrong with a searched option of settings that have several forms.

    Args:
        of: the path of the settings, e.g. ``task``.
        option: the option's name.
        domain: its domain.
        options: by name of each form that may be drawn, those that may be searched.
        take: puts a value of the option into the form of a name, and raises InputError.
    """
    path, names = f"{of}.{option}", tuple(options)
    having = [name for name in names if option in options[name]]
    if not having:
        known = dict.fromkeys(f"{of}.{other}" for found in options.values() for other in found)
        verb = "has" if len(names) == 1 else "have"
        yield SpaceProblem(
            path,
            "bad-path",
            f"{' and '.join(names)} {verb} no option `{option}`",
            did_you_mean(path, known),
        )
    elif len(having) < len(names) and domain.when is None:
        yield SpaceProblem(
            path,
            "bad-path",
            f"`{path}` is an option of {' and '.join(having)} only",
            f'add a condition: `when: $({of} == "{having[0]}")`',
        )
    else:
        some = domain.when is not None  # it may leave forms out
        taken = partial(_check_value, take, having, some=some)
        yield from first_refused(path, enumerate(extremes(domain)), taken)


def _check_value(
    take: Callable[[str, Raw], object], forms: Sequence[str], value: Raw, *, some: bool
) -> None:
    """See that every form takes a value, or some form does.

    Raises:
        InputError: the first refusal.
    """
    refusals: dict[str, InputError] = {}
    for form in forms:
        try:
            take(form, value)
        except InputError as error:
            refusals[form] = error
    if refusals and (len(refusals) == len(forms) or not some):
        form, first = next(iter(refusals.items()))
        place = f"for {form}, " if len(forms) > 1 else ""
        raise InputError(first.what, help=place + first.help)


def train_space_problems(
    train: TrainSettings, space: Mapping[str, Domain]
) -> Iterator[SpaceProblem]:
    """Everything about searched options of optimizer and schedule that can't be.

    Example:
        >>> from archsearch.config import FloatDomain
        >>> space = {"train.optimizer.momentum": FloatDomain(low=0.5, high=0.9)}
        >>> [p.message for p in train_space_problems(TrainSettings(), space)]
        ['adam has no option `momentum`']
    """
    for name, domain in space.items():
        if (found := _form_option(name)) is None:
            continue
        key, option, forms = found
        drawn = space.get(f"train.{key}")
        words = [getattr(train, key).name] if drawn is None else list(map(str, extremes(drawn)))
        known = {word: form.option_names() for word in words if (form := forms.find(word))}
        if known:  # else the words are what is wrong
            take = partial(_with_option, key, option)
            yield from option_problems(f"train.{key}", option, domain, known, take)


def _with_option(key: str, option: str, word: str, value: Raw) -> TrainSettings:
    return changed(TrainSettings(), "train", {key: word, f"{key}.{option}": value})


def _form_option(path: str) -> tuple[str, str, NamedForms] | None:
    """``train.optimizer.momentum`` in its parts; None for paths of another kind."""
    head, _, rest = path.partition(".")
    key, _, option = rest.partition(".")
    forms = forms_of(TrainSettings, key) if head == "train" and option else None
    return None if forms is None else (key, option, forms)


def foreign_option(train: TrainSettings, values: Mapping[str, Raw]) -> str:
    """What is wrong where an option is drawn beside a form that lacks it, or ""."""
    for name in values:
        if (found := _form_option(name)) is None:
            continue
        key, option, forms = found
        word = str(values.get(f"train.{key}", getattr(train, key).name))
        form = forms.find(word)
        if form is not None and option not in form.option_names():
            return f"{word} has no option {option}: `when` lets it in"
    return ""
